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
