package server

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// placeholder stands where a secret stood. It is plain text in YAML, and it is not a value that anything could
// accept.
const placeholder = "<redacted>"

// encodedPlaceholder is the same in base64: in the data of a Secret nothing else can be decoded.
const encodedPlaceholder = "PHJlZGFjdGVkPg=="

// What smells of a secret. Names that only point to a secret, such as secretName, must not match: a record without
// them would be worth nothing.
var (
	secretName = regexp.MustCompile(`(?i)(password|passwd|passphrase|secret|token|credentials?|jaas[._-]?config|` +
		`api[._-]?key|private[._-]?key|keystore[._-]key|(secret|master|access)[._-]key|user\.info|` +
		`(^|[^a-z0-9])(pass|pwd|pw|pat))$`)
	// secretEnv is looser: the name of an environment variable tells what its value is anywhere in it.
	secretEnv = regexp.MustCompile(`(?i)(passw(or)?d|passphrase|secret|token|credential|jaas|` +
		`(api|private|access)[._-]?key|(^|[^a-z0-9])(pass|pwd|pw|pat)($|[^a-z0-9]))`)
	// secretFlag is an argument whose value is the next one.
	secretFlag = regexp.MustCompile(`^--?[\w.\-]+$`)
	// propertyLine is a line of a .properties text, of an environment file or of YAML; a value may go on after a
	// backslash.
	propertyLine = regexp.MustCompile(`(?m)^([ \t]*)([\w.\-/]+)([ \t]*[=:][ \t]*|[ \t]+)((?:[^\n\\]|\\(?:.|\n))*)$`)
	// inlineSecret is key=value or "key": "value" within a longer text, such as a command line or a JAAS entry.
	inlineSecret = regexp.MustCompile(`(?i)([\w.\-]*(?:password|passwd|passphrase|secret|token)"?\s*(?:=|":)\s*\\?)` +
		`("[^"]*"|'[^']*'|[^\s,;\])}"']+)`)
	// inlineFlag is --key value within a command line.
	inlineFlag = regexp.MustCompile(`(?i)((?:^|\s)--?[\w.\-]*(?:password|passwd|passphrase|secret|token|pwd)[ \t]+)` +
		`("[^"]*"|'[^']*'|-?[^\s\-]\S*)`)
	// jaasUser is the password of one of the users that a JAAS entry of Kafka's PlainLoginModule lists.
	jaasUser = regexp.MustCompile(`(\buser_[^\s="']+\s*=\s*)("[^"]*"|'[^']*'|[^\s;"']+)`)
	// ownForm are tokens that tell by their form what they are: those of GitHub, GitLab, Slack and AWS, and JWT.
	ownForm = regexp.MustCompile(`\b(gh[opusr]_\w{20,}|github_pat_\w{20,}|glpat-[\w\-]{20,}|xox[abeprs]-[\w\-]{10,}|` +
		`AKIA[0-9A-Z]{16}|eyJ[\w\-]{8,}\.[\w\-]{8,}\.[\w\-]{8,})`)
	userInfo  = regexp.MustCompile(`(://[^/\s:@]*:)[^/\s@]+@`)
	bearer    = regexp.MustCompile(`(?i)(bearer\s+)[\w.~+/=\-]{8,}`)
	pemKey    = regexp.MustCompile(`-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|\z)`)
	publicKey = regexp.MustCompile(`(?i)(^(user(name)?|type|namespace|cluster|hosts?|ports?)$|\.crt$)`)
)

// versionOfSecret is a field whose name ends like that of a secret. It holds uid and resourceVersion of one, and what
// is due is decided by it.
const versionOfSecret = "scramSecret"

// shortestSecret is the length from which a Secret's value is looked for everywhere else. Shorter ones are words such
// as "true", and replacing them would tear the record apart; where they stand in a Secret they are redacted all the
// same.
const shortestSecret = 6

// redactor takes secrets out of JSON. It remembers the values of the Secrets that it has learnt, and removes them
// wherever else they turn up.
type redactor struct {
	known    map[string]struct{}
	replacer *strings.Replacer
	// places are JSON pointers to what was redacted.
	places map[string]struct{}
}

func newRedactor() *redactor {
	return &redactor{known: map[string]struct{}{}, places: map[string]struct{}{}}
}

// learn takes note of the values of every Secret in the tree, before anything is redacted.
func (r *redactor) learn(tree any) {
	r.replacer = nil
	switch node := tree.(type) {
	case map[string]any:
		for key, value := range node {
			if strings.HasPrefix(key, "Secret.") {
				r.learnSecrets(value)
			}
			r.learn(value)
		}
		if node["kind"] == "Secret" {
			r.learnSecret(node)
		}
	case []any:
		for _, value := range node {
			r.learn(value)
		}
	}
}

func (r *redactor) learnSecrets(objects any) {
	if byName, ok := objects.(map[string]any); ok {
		for _, object := range byName {
			if secret, ok := object.(map[string]any); ok {
				r.learnSecret(secret)
			}
		}
	}
}

func (r *redactor) learnSecret(secret map[string]any) {
	data, _ := secret["data"].(map[string]any)
	for key, value := range data {
		encoded, _ := value.(string)
		r.learnValue(key, encoded)
		if decoded, err := base64.StdEncoding.DecodeString(encoded); err == nil {
			r.learnValue(key, string(decoded))
		}
	}
	plain, _ := secret["stringData"].(map[string]any)
	for key, value := range plain {
		text, _ := value.(string)
		r.learnValue(key, text)
		r.learnValue(key, base64.StdEncoding.EncodeToString([]byte(text)))
	}
}

func (r *redactor) learnValue(key, value string) {
	value = strings.TrimSpace(value)
	if len(value) >= shortestSecret && !publicKey.MatchString(key) && value != placeholder && value != encodedPlaceholder {
		r.known[value] = struct{}{}
	}
}

// redact returns the tree without secrets; at is where it stands.
func (r *redactor) redact(tree any, at jsontext.Pointer) any {
	switch node := tree.(type) {
	case map[string]any:
		return r.redactObject(node, at)
	case []any:
		return r.redactList(node, at)
	case string:
		return r.redactText(node, at)
	}
	return tree
}

func (r *redactor) redactList(node []any, at jsontext.Pointer) any {
	before := ""
	for i := range node {
		here := at + jsontext.Pointer(fmt.Sprintf("/%d", i))
		text, _ := node[i].(string)
		if secretFlag.MatchString(before) && secretName.MatchString(before) && text != "" && !strings.HasPrefix(text, "--") {
			node[i] = placeholder
			r.places[string(here)] = struct{}{}
		} else {
			node[i] = r.redact(node[i], here)
		}
		before = text
	}
	return node
}

func (r *redactor) redactObject(node map[string]any, at jsontext.Pointer) any {
	inSecret := node["kind"] == "Secret" || strings.HasPrefix(parentToken(at), "Secret.")
	named, _ := node["name"].(string)
	for _, key := range slices.Sorted(maps.Keys(node)) {
		here := at.AppendToken(key)
		text, isText := node[key].(string)
		values, isObject := node[key].(map[string]any)
		switch {
		case inSecret && isObject && key == "data":
			r.blank(values, here, encodedPlaceholder)
		case inSecret && isObject && key == "stringData":
			r.blank(values, here, placeholder)
		case isText && key == versionOfSecret:
		case isText && text != "" && (secretName.MatchString(key) || key == "value" && secretEnv.MatchString(named)):
			node[key] = placeholder
			r.places[string(here)] = struct{}{}
		case isText && identifies(key, at):
		default:
			node[key] = r.redact(node[key], here)
		}
	}
	return node
}

// blank replaces all values; an empty one is no secret, and that it is empty may be the very thing to look at.
func (r *redactor) blank(values map[string]any, at jsontext.Pointer, with string) {
	for key, value := range values {
		if value != "" {
			values[key] = with
			r.places[string(at.AppendToken(key))] = struct{}{}
		}
	}
}

// identifies says that a string tells which object this is: no Secret's value may be taken for a part of it.
func identifies(key string, at jsontext.Pointer) bool {
	switch key {
	case "name", "namespace", "uid", "kind", "apiVersion":
		return at.LastToken() == "metadata" || strings.Contains(string(at), "/ownerReferences/")
	default:
		return false
	}
}

func (r *redactor) redactText(text string, at jsontext.Pointer) string {
	redacted := text
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		if tree, err := parse([]byte(text)); err == nil { // an annotation that holds an object
			return keepOrder(text, r.redact(tree, at))
		}
	}
	redacted = pemKey.ReplaceAllString(redacted, placeholder)
	redacted = propertyLine.ReplaceAllStringFunc(redacted, func(line string) string {
		part := propertyLine.FindStringSubmatch(line)
		// A blank alone stands between words, too: only a key with a dot is one.
		sentence := strings.TrimSpace(part[3]) == "" && !strings.Contains(part[2], ".")
		if !secretName.MatchString(part[2]) || part[4] == "" || sentence {
			return line
		}
		return part[1] + part[2] + part[3] + placeholder
	})
	redacted = inlineSecret.ReplaceAllString(redacted, "${1}"+placeholder)
	redacted = inlineFlag.ReplaceAllString(redacted, "${1}"+placeholder)
	if strings.Contains(redacted, "LoginModule") {
		redacted = jaasUser.ReplaceAllString(redacted, "${1}"+placeholder)
	}
	redacted = ownForm.ReplaceAllString(redacted, placeholder)
	redacted = userInfo.ReplaceAllString(redacted, "${1}"+placeholder+"@")
	redacted = bearer.ReplaceAllString(redacted, "${1}"+placeholder)
	redacted = r.sweep(redacted)
	if redacted != text {
		r.places[string(at)] = struct{}{}
	}
	return redacted
}

// keepOrder writes a redacted object in the order of the text that it was read from; a text that lost nothing stays as
// it is. What a hook has drawn is compared byte for byte when it is replayed.
func keepOrder(text string, redacted any) string {
	var out bytes.Buffer
	enc := jsontext.NewEncoder(&out)
	if err := writeLike(enc, jsontext.NewDecoder(strings.NewReader(text)), redacted); err != nil {
		return placeholder // it was read just before, so this can not be; and what is not understood is not shown
	}
	if written := strings.TrimSuffix(out.String(), "\n"); strings.Contains(written, placeholder) ||
		strings.Contains(written, encodedPlaceholder) {
		return written
	}
	return text
}

// writeLike writes a value with its objects' members in the order in which they are read.
func writeLike(enc *jsontext.Encoder, order *jsontext.Decoder, value any) error {
	object, isObject := value.(map[string]any)
	list, isList := value.([]any)
	if !isObject && !isList {
		return errors.Join(order.SkipValue(), json.MarshalEncode(enc, value))
	}
	if err := copyToken(enc, order); err != nil {
		return err
	}
	for i := 0; order.PeekKind() != jsontext.KindEndObject && order.PeekKind() != jsontext.KindEndArray; i++ {
		var member any
		if isList {
			member = list[i]
		} else {
			name, err := order.ReadToken()
			if err != nil {
				return err
			}
			member = object[name.String()]
			if err := enc.WriteToken(jsontext.String(name.String())); err != nil {
				return err
			}
		}
		if err := writeLike(enc, order, member); err != nil {
			return err
		}
	}
	return copyToken(enc, order)
}

func copyToken(enc *jsontext.Encoder, dec *jsontext.Decoder) error {
	token, err := dec.ReadToken()
	if err != nil {
		return err
	}
	return enc.WriteToken(token)
}

// sweep removes known values from any text.
func (r *redactor) sweep(text string) string {
	if len(r.known) == 0 {
		return text
	}
	if r.replacer == nil {
		pairs := make([]string, 0, 2*len(r.known))
		longestFirst := slices.SortedFunc(maps.Keys(r.known), func(a, b string) int { return len(b) - len(a) })
		for _, value := range longestFirst {
			pairs = append(pairs, value, placeholder)
		}
		r.replacer = strings.NewReplacer(pairs...)
	}
	return r.replacer.Replace(text)
}

// parentToken is the token before the last.
func parentToken(at jsontext.Pointer) string { return at.Parent().LastToken() }

// parse reads JSON into maps and lists; numbers stay as they are written.
func parse(text []byte) (any, error) {
	var tree any
	numbers := json.UnmarshalFromFunc(func(dec *jsontext.Decoder, into *any) error {
		if dec.PeekKind() != jsontext.KindNumber {
			return errors.ErrUnsupported
		}
		number, err := dec.ReadValue()
		*into = number.Clone()
		return err
	})
	err := json.Unmarshal(text, &tree, json.WithUnmarshalers(numbers))
	return tree, err
}

// drop removes what no hook reads and what would only repeat the objects: managedFields, and kubectl's own
// annotation.
func drop(tree any) {
	switch node := tree.(type) {
	case map[string]any:
		if meta, ok := node["metadata"].(map[string]any); ok {
			delete(meta, "managedFields")
			if annotations, ok := meta["annotations"].(map[string]any); ok {
				delete(annotations, "kubectl.kubernetes.io/last-applied-configuration")
			}
		}
		for _, value := range node {
			drop(value)
		}
	case []any:
		for _, value := range node {
			drop(value)
		}
	}
}
