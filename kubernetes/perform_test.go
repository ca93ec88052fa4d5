package kubernetes

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kompositor/kompositor/sync"
)

// An operation is deleted by its own UID, and one that is gone already is no failure.
func TestDeleteOperation(t *testing.T) {
	cases := map[string]struct {
		status  int
		answer  string
		wantErr string
	}{
		"deleted":      {http.StatusOK, `{}`, ""},
		"already gone": {http.StatusNotFound, `{"message":"not found"}`, ""},
		"another one":  {http.StatusConflict, `{"message":"the UID in the precondition does not match"}`, "does not match"},
		"not allowed":  {http.StatusForbidden, `{"message":"cannot delete resource"}`, "cannot delete"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got = strings.Join([]string{r.Method, r.URL.Path, r.Header.Get("Content-Type"), string(body)}, " ")
				w.WriteHeader(c.status)
				if _, err := io.WriteString(w, c.answer); err != nil {
					t.Error(err)
				}
			}))
			defer server.Close()
			client := &Client{Server: server.URL, HTTP: server.Client()}
			outcomes := client.Perform(t.Context(), []sync.Command{
				sync.DeleteOperation{Namespace: "data", Name: "balance", UID: "u-1"},
			})
			want := `DELETE /apis/kafka.banzaicloud.io/v1alpha1/namespaces/data/cruisecontroloperations/balance ` +
				`application/json {"apiVersion":"v1","kind":"DeleteOptions","preconditions":{"uid":"u-1"}}`
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the call differs (-want +got):\n%s", diff)
			}
			err := outcomes[0].Err
			if (err == nil) != (c.wantErr == "") || err != nil && !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("got error %v, want one with %q", err, c.wantErr)
			}
		})
	}
}

func TestOrphanClaim(t *testing.T) {
	cases := map[string]struct {
		status  int
		answer  string
		wantErr string
	}{
		"parted":        {http.StatusOK, `{}`, ""},
		"already gone":  {http.StatusNotFound, `{"message":"not found"}`, ""},
		"another claim": {http.StatusConflict, `{"message":"the UID in the precondition does not match"}`, "does not match"},
		"not allowed": {
			http.StatusForbidden,
			`{"message":"cannot patch resource persistentvolumeclaims"}`,
			"cannot patch",
		},
		"no Status body": {http.StatusBadGateway, `bad gateway`, "bad gateway"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			var got string
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, err := io.ReadAll(r.Body)
				if err != nil {
					t.Error(err)
				}
				got = strings.Join([]string{
					r.Method, r.URL.Path, r.Header.Get("Content-Type"), r.Header.Get("Authorization"), string(body),
				}, " ")
				w.WriteHeader(c.status)
				if _, err := io.WriteString(w, c.answer); err != nil {
					t.Error(err)
				}
			}))
			defer server.Close()
			token := filepath.Join(t.TempDir(), "token")
			if err := os.WriteFile(token, []byte("opensesame\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			client := &Client{Server: server.URL, TokenFile: token, HTTP: server.Client()}
			outcomes := client.Perform(t.Context(), []sync.Command{
				sync.OrphanClaim{Namespace: "data", Name: "demo-0-storage-0", UID: "u-1", Owner: "o-1"},
			})
			want := `PATCH /api/v1/namespaces/data/persistentvolumeclaims/demo-0-storage-0 ` +
				`application/strategic-merge-patch+json ` +
				`Bearer opensesame {"metadata":{"ownerReferences":[{"$patch":"delete","uid":"o-1"}],"uid":"u-1"}}`
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("the call differs (-want +got):\n%s", diff)
			}
			err := outcomes[0].Err
			if (err == nil) != (c.wantErr == "") || err != nil && !strings.Contains(err.Error(), c.wantErr) {
				t.Errorf("got error %v, want one with %q", err, c.wantErr)
			}
			if err != nil && strings.Contains(err.Error(), "opensesame") {
				t.Errorf("the token is in the error: %v", err)
			}
		})
	}
}
