package pki

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"
)

// The keys of the Secret, and the names of the files that a server reads. The CA's key is never a file.
const (
	AuthorityName    = "ca.crt"
	AuthorityKeyName = "ca.key"
	CertificateName  = "tls.crt"
	KeyName          = "tls.key"
	TokenName        = "token"
)

// Keeper keeps the serving certificate of a server good: in the Secret that all replicas share, and in a directory that
// this replica's server reads.
type Keeper struct {
	// Secret is where the certificate lives.
	Secret SecretRef
	// Directory gets the files; it must exist.
	Directory string
	// Hosts are the names by which clients reach the server.
	Hosts []string
	// Logger hears of every renewal and of every failure.
	Logger zerolog.Logger
	// Now is the clock; time.Now when nil.
	Now func() time.Time
}

const (
	// writeAttempts is how often a Secret that others change is tried; a second replica needs two.
	writeAttempts = 5
	// retryDelay is the time from a failure to the next attempt, which is much less than RenewBefore.
	retryDelay = 5 * time.Second
)

// Keep ensures now and then every so often until the context ends. It returns no error: what fails is tried again, and
// what the server has stays usable meanwhile.
func (k *Keeper) Keep(ctx context.Context, every time.Duration) {
	for ctx.Err() == nil {
		next := every
		if err := k.Ensure(ctx); err != nil {
			k.Logger.Error().Err(err).Msg("the serving certificate could not be ensured; trying again")
			next = min(every, retryDelay)
		}
		timer := time.NewTimer(next)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// Ensure makes the Secret hold a good certificate and the directory hold what the Secret holds. It may be called by any
// number of replicas at once: one of them writes, the others read what it wrote.
func (k *Keeper) Ensure(ctx context.Context) error {
	if len(k.Hosts) == 0 {
		return errors.New("a serving certificate needs at least one host")
	}
	var err error
	for range writeAttempts {
		var serving Serving
		if serving, err = k.ensureSecret(ctx); err == nil {
			return k.writeFiles(serving)
		}
		if !errors.Is(err, errConflict) {
			return err
		}
	}
	return err
}

func (k *Keeper) ensureSecret(ctx context.Context) (Serving, error) {
	secret, err := k.Secret.get(ctx)
	if err != nil {
		return Serving{}, err
	}
	present := Serving{
		Authority: secret.Data[AuthorityName], AuthorityKey: secret.Data[AuthorityKeyName],
		Certificate: secret.Data[CertificateName], Key: secret.Data[KeyName], Token: secret.Data[TokenName],
	}
	renewed, reason, err := present.Renew(k.now(), k.Hosts)
	if err != nil || reason == "" {
		return renewed, err
	}
	if secret.Data == nil {
		secret.Data = map[string][]byte{}
	}
	secret.Data[AuthorityName], secret.Data[AuthorityKeyName] = renewed.Authority, renewed.AuthorityKey
	secret.Data[CertificateName], secret.Data[KeyName] = renewed.Certificate, renewed.Key
	secret.Data[TokenName] = renewed.Token
	if err := k.Secret.update(ctx, secret); err != nil {
		return Serving{}, err
	}
	k.Logger.Info().Str("reason", reason).Bool("newAuthority", !bytes.Equal(present.Authority, renewed.Authority)).
		Msg("serving certificate renewed")
	return renewed, nil
}

// writeFiles writes what differs, each file at once. A server that reads between two files finds a key that does not
// match and keeps what it has until the second one is there.
func (k *Keeper) writeFiles(s Serving) error {
	for name, content := range s.files() {
		if err := writeFile(filepath.Join(k.Directory, name), *content); err != nil {
			return fmt.Errorf("write the files of the serving certificate: %w", err)
		}
	}
	return nil
}

func writeFile(path string, content []byte) error {
	if present, err := os.ReadFile(path); err == nil && bytes.Equal(present, content) {
		return nil
	}
	temporary := path + ".new"
	if err := os.WriteFile(temporary, content, 0o600); err != nil {
		return err
	}
	return os.Rename(temporary, path)
}

// Check returns an error if the files of a directory are not what a server can serve with at that time.
func Check(directory string, now time.Time) error {
	var s Serving
	for name, content := range s.files() {
		var err error
		if *content, err = os.ReadFile(filepath.Join(directory, name)); err != nil {
			return err
		}
	}
	return s.Usable(now)
}

// files are the parts of s that a server reads, by the names of their files.
func (s *Serving) files() map[string]*[]byte {
	return map[string]*[]byte{
		AuthorityName: &s.Authority, CertificateName: &s.Certificate, KeyName: &s.Key, TokenName: &s.Token,
	}
}

func (k *Keeper) now() time.Time {
	if k.Now == nil {
		return time.Now()
	}
	return k.Now()
}
