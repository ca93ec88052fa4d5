package properties

import (
	"fmt"
	"strings"
	"unicode/utf16"
)

// Text writes one line "key=value" for each key, in their order.
func (p Properties) Text() string {
	size := 0
	for _, e := range p.entries {
		size += len(e.key) + len(e.value) + len("=\n")
	}
	var text strings.Builder
	text.Grow(size)
	for _, e := range p.entries {
		writeKey(&text, e.key)
		text.WriteByte('=')
		writeValue(&text, e.value)
		text.WriteByte('\n')
	}
	return text.String()
}

// writeKey escapes besides everything that writeValue does what would end a key or make its line a comment.
func writeKey(text *strings.Builder, key string) {
	if plain(key) && !strings.ContainsAny(key, " =:#!") {
		text.WriteString(key)
		return
	}
	for _, r := range key {
		if strings.ContainsRune(" =:#!", r) {
			text.WriteByte('\\')
		}
		writeRune(text, r)
	}
}

func writeValue(text *strings.Builder, value string) {
	if plain(value) && !strings.HasPrefix(value, " ") {
		text.WriteString(value)
		return
	}
	for i, r := range value {
		if i == 0 && r == ' ' {
			text.WriteByte('\\') // white space before a value does not belong to it
		}
		writeRune(text, r)
	}
}

// plain says that no character is special.
func plain(text string) bool {
	for i := range len(text) {
		if special(rune(text[i])) { // no byte of a character beyond ASCII is a printable ASCII character
			return false
		}
	}
	return true
}

// special says that a character is not written as it is, wherever it stands.
func special(r rune) bool { return r < ' ' || r > '~' || r == '\\' }

func writeRune(text *strings.Builder, r rune) {
	switch {
	case r == '\\':
		text.WriteString(`\\`)
	case r == '\n':
		text.WriteString(`\n`)
	case r == '\r':
		text.WriteString(`\r`)
	case r == '\t':
		text.WriteString(`\t`)
	case r == '\f':
		text.WriteString(`\f`)
	case r > 0xFFFF:
		high, low := utf16.EncodeRune(r) // Java's escapes are UTF-16
		fmt.Fprintf(text, `\u%04X\u%04X`, high, low)
	case special(r):
		fmt.Fprintf(text, `\u%04X`, r)
	default:
		text.WriteRune(r)
	}
}
