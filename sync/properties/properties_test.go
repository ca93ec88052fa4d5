package properties

import (
	"maps"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func asMap(p Properties) map[string]string { return maps.Collect(p.All()) }

func TestParseReadsWhatJavaReads(t *testing.T) {
	for _, test := range []struct {
		name, text string
		want       map[string]string
	}{
		{"separators", "a=1\nb:2\nc 3\nd\t4\ne = 5\nf : 6\ng==7\nh=:8\n", map[string]string{
			"a": "1", "b": "2", "c": "3", "d": "4", "e": "5", "f": "6", "g": "=7", "h": ":8",
		}},
		{"no value", "a\nb=\nc:", map[string]string{"a": "", "b": "", "c": ""}},
		{"comments and blank lines", "# a=1\n ! b=2\n\n \t\f\nc=3 # no comment\n", map[string]string{
			"c": "3 # no comment",
		}},
		{"line ends", "a=1\rb=2\r\nc=3", map[string]string{"a": "1", "b": "2", "c": "3"}},
		{"trailing white space belongs to the value", "a= 1 \n", map[string]string{"a": "1 "}},
		{"continuation", "a=1,\\\n   2,\\\r\n\t3\n", map[string]string{"a": "1,2,3"}},
		{"continuation of a key", "a\\\n b=1", map[string]string{"ab": "1"}},
		{"an escaped backslash continues nothing", "a=1\\\\\nb=2", map[string]string{"a": `1\`, "b": "2"}},
		{"continuation into the end", "a=1\\", map[string]string{"a": "1"}},
		{"continuation over a comment sign", "a=1\\\n#2", map[string]string{"a": "1#2"}},
		{"a lone backslash before a comment", "\\\n# a=1\nb=2", map[string]string{"b": "2"}},
		{"a lone backslash before a blank line", "\\\n\na=1", map[string]string{"a": "1"}},
		{"comments do not continue", "# a \\\nb=2", map[string]string{"b": "2"}},
		{"escapes", `a\ b\:c\=d=\t\n\r\f\q\\` + "\n", map[string]string{"a b:c=d": "\t\n\r\fq\\"}},
		{"unicode", `a=\u00e9\uD83D\ude00é😀`, map[string]string{"a": "é😀é😀"}},
		{"the last one counts", "a=1\na=2", map[string]string{"a": "2"}},
		{"nothing", "", map[string]string{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, mistakes := Parse(test.text)
			if len(mistakes) > 0 {
				t.Errorf("mistakes: %v", mistakes)
			}
			if diff := cmp.Diff(test.want, asMap(got)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestParseNamesTheLineOfEachMistake(t *testing.T) {
	got, mistakes := Parse("a=1\n\n=2\nb=\\\n \\u00g0\nc=\\uD800x\n\\u12=3\nd=4\n")
	want := []string{
		"line 3: there is no key before the value: write key=value",
		`line 4: \u must be followed by four hexadecimal digits; write \\u for a backslash and a u`,
		`line 6: a \uD800 to \uDFFF is half of a character: write both halves, high one first`,
		`line 7: \u must be followed by four hexadecimal digits; write \\u for a backslash and a u`,
	}
	var texts []string
	for _, mistake := range mistakes {
		texts = append(texts, mistake.String())
	}
	if diff := cmp.Diff(want, texts); diff != "" {
		t.Errorf("mistakes (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"a": "1", "d": "4"}, asMap(got)); diff != "" {
		t.Errorf("the other lines (-want +got)\n%s", diff)
	}
}

func TestTextIsSortedAndEscaped(t *testing.T) {
	var p Properties
	p.Set("z", "a=b:c#d!e")
	p.Set("b c", " x ")
	p.Set("#a", "é\t\\")
	p.Set("emoji", "😀\x00")
	p.Set("z", "a=b:c#d!${x:y}")
	want := `\#a=\u00E9\t\\` + "\n" + `b\ c=\ x ` + "\n" + `emoji=\uD83D\uDE00\u0000` + "\n" + "z=a=b:c#d!${x:y}\n"
	if diff := cmp.Diff(want, p.Text()); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestMergeDeleteAndCloneLeaveTheirSourcesAlone(t *testing.T) {
	below, _ := Parse("a=1\nb=1\nd=1")
	over, _ := Parse("b=2\nc=2")
	merged := below.Merge(over)
	if diff := cmp.Diff("a=1\nb=2\nc=2\nd=1\n", merged.Text()); diff != "" {
		t.Errorf("merged (-want +got)\n%s", diff)
	}
	clone := merged.Clone()
	clone.Delete("a")
	clone.Delete("absent")
	clone.Set("b", "3")
	if diff := cmp.Diff("b=3\nc=2\nd=1\n", clone.Text()); diff != "" {
		t.Errorf("clone (-want +got)\n%s", diff)
	}
	if got := below.Text() + over.Text() + merged.Text(); got != "a=1\nb=1\nd=1\nb=2\nc=2\na=1\nb=2\nc=2\nd=1\n" {
		t.Errorf("a source has changed: %q", got)
	}
	_, set := clone.Get("a")
	if set || clone.Has("a") || clone.Value("b") != "3" || clone.Len() != 3 || clone.Equal(merged) {
		t.Errorf("clone holds %v", asMap(clone))
	}
}

func FuzzParseReadsBackText(f *testing.F) {
	f.Add("a=1\nb = 2 \\\n 3\n# c\n", "key", "value")
	f.Add("\\u00e9=\\uD83D\\uDE00\r\n!x\n\\\n#\n", " k:=#!", " v\\\n\t\f\r\x00\u2028")
	f.Add("=\n\\", "\xff", "😀\xf0\x9f")
	f.Fuzz(func(t *testing.T, text, key, value string) {
		p, _ := Parse(text)
		p = p.Clone()
		if key != "" {
			p.Set(key, value)
		}
		again, mistakes := Parse(p.Text())
		if len(mistakes) > 0 || !again.Equal(p) {
			t.Errorf("%q reads back as %q with %v", p.Text(), again.Text(), mistakes)
		}
	})
}
