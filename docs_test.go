package main_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var markdownLink = regexp.MustCompile(`\]\(([^)#:]+)(?:#[^)]*)?\)`)

// A document is worth no more than its links: every relative one leads to a file.
func TestLinksLead(t *testing.T) {
	var documents []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		documents = append(documents, found...)
	}
	for _, document := range documents {
		text, err := os.ReadFile(document)
		if err != nil {
			t.Fatal(err)
		}
		for _, link := range markdownLink.FindAllStringSubmatch(string(text), -1) {
			target := filepath.Join(filepath.Dir(document), link[1])
			if _, err := os.Stat(target); err != nil {
				t.Errorf("%s links to %s, which is not there", document, link[1])
			}
		}
	}
	if len(documents) < 2 {
		t.Errorf("only %v was found: run this test at the root of the project", documents)
	}
}

// A decision that is not in the index is not found.
func TestEveryDecisionIsListed(t *testing.T) {
	index, err := os.ReadFile("docs/adr/README.md")
	if err != nil {
		t.Fatal(err)
	}
	decisions, err := filepath.Glob("docs/adr/[0-9]*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range decisions {
		if name := filepath.Base(path); !strings.Contains(string(index), "("+name+")") {
			t.Errorf("%s is not listed in docs/adr/README.md", name)
		}
	}
}

// A guide that nothing leads to is not read.
func TestEveryGuideIsFoundFromTheReadme(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	guides, err := filepath.Glob("docs/*.md")
	if err != nil || len(guides) == 0 {
		t.Fatalf("found %v: %v", guides, err)
	}
	for _, guide := range guides {
		if !strings.Contains(string(readme), "("+guide+")") {
			t.Errorf("README.md does not lead to %s", guide)
		}
	}
}

// An object whose finalizer nobody answers any more stays for ever, and its CRD with it: whoever uninstalls must be
// told of every kind.
func TestTheInstallGuideNamesEveryController(t *testing.T) {
	guide, err := os.ReadFile("docs/install.md")
	if err != nil {
		t.Fatal(err)
	}
	controllers, err := filepath.Glob("manifests/controllers/*.yaml")
	if err != nil || len(controllers) == 0 {
		t.Fatalf("found %v: %v", controllers, err)
	}
	for _, path := range controllers {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		if name == "kustomization" {
			continue
		}
		for _, text := range []string{
			"`" + name + "`", "kubectl delete " + name + "s --all -A", "`metacontroller.io/compositecontroller-" + name + "`",
		} {
			if !strings.Contains(string(guide), text) {
				t.Errorf("docs/install.md does not say %s", text)
			}
		}
	}
}

// The images of Go do not fetch another Go: one that is older than go.mod asks for can not build.
func TestTheImageIsBuiltWithTheModulesGo(t *testing.T) {
	module, err := os.ReadFile("go.mod")
	if err != nil {
		t.Fatal(err)
	}
	dockerfile, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`(?m)^go (\S+)$`).FindSubmatch(module)
	if version == nil || !strings.Contains(string(dockerfile), "FROM golang:"+string(version[1])+"-") {
		t.Errorf("go.mod says %s, the Dockerfile begins with another golang image", version)
	}
}
