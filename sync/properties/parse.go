package properties

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Mistake is something in a text that Java would refuse to load, or that cannot be meant.
type Mistake struct {
	// Line counts from 1. For a line that is continued it is the first of them.
	Line int
	// Message says what is wrong and what to write instead.
	Message string
}

// String is "line <n>: <message>".
func (m Mistake) String() string { return fmt.Sprintf("line %d: %s", m.Line, m.Message) }

// Parse reads a text by the rules of java.util.Properties.load: comments with # or !, keys that end at =, : or white
// space, lines continued with a backslash at their end, the escapes \t \n \r \f and \uXXXX; of a key that is there
// twice, the last counts. Lines with a Mistake are left out.
func Parse(text string) (Properties, []Mistake) {
	p := Properties{entries: make([]entry, 0, strings.Count(text, "\n")+1)}
	var mistakes []Mistake
	lines := lineReader{rest: strings.ToValidUTF8(text, replacement)}
	for {
		line, number, ok := lines.next()
		if !ok {
			return p, mistakes
		}
		rawKey, rawValue := split(line)
		key, keyErr := unescape(rawKey)
		value, valueErr := unescape(rawValue)
		switch {
		case keyErr != "":
			mistakes = append(mistakes, Mistake{number, keyErr})
		case valueErr != "":
			mistakes = append(mistakes, Mistake{number, valueErr})
		case key == "":
			mistakes = append(mistakes, Mistake{number, "there is no key before the value: write key=value"})
		default:
			p.set(key, value)
		}
	}
}

// white are the characters that Java counts as white space in properties.
const white = " \t\f"

// lineReader cuts a text into logical lines: without comments and blank lines, continued lines joined.
type lineReader struct {
	rest string
	line int
}

// next returns the next logical line and the number of its first natural line.
func (l *lineReader) next() (logical string, number int, ok bool) {
	for l.rest != "" {
		natural := strings.TrimLeft(l.natural(), white)
		if natural == "" || natural[0] == '#' || natural[0] == '!' {
			continue
		}
		number = l.line
		logical, continued := cutContinuation(natural)
		for continued && l.rest != "" {
			natural = strings.TrimLeft(l.natural(), white)
			if logical == "" && natural != "" && (natural[0] == '#' || natural[0] == '!') {
				// Java looks for comments as long as nothing of the logical line has been read.
				natural = ""
			}
			var more string
			more, continued = cutContinuation(natural)
			logical += more
		}
		if logical != "" {
			return logical, number, true
		}
	}
	return "", 0, false
}

// natural returns the next line of the text without its end.
func (l *lineReader) natural() string {
	l.line++
	line, rest, _ := strings.Cut(l.rest, "\n")
	if end := strings.IndexByte(line, '\r'); end >= 0 { // a line may end in \r alone
		if end < len(line)-1 {
			rest = l.rest[end+1:]
		}
		line = line[:end]
	}
	l.rest = rest
	return line
}

// cutContinuation removes the backslash that joins a line with the next: one that is not itself escaped.
func cutContinuation(line string) (string, bool) {
	bare := strings.TrimRight(line, `\`)
	if (len(line)-len(bare))%2 == 1 {
		return line[:len(line)-1], true
	}
	return line, false
}

// split cuts a logical line at the first separator that is not escaped. White space around the separator is dropped.
func split(line string) (key, value string) {
	end := len(line)
	for i := 0; i < len(line); i++ {
		if line[i] == '\\' {
			i++
			continue
		}
		if separates(line[i]) {
			end = i
			break
		}
	}
	value = strings.TrimLeft(line[end:], white)
	if value != "" && (value[0] == '=' || value[0] == ':') {
		value = strings.TrimLeft(value[1:], white)
	}
	return line[:end], value
}

// separates says that a character ends a key.
func separates(c byte) bool {
	switch c {
	case '=', ':', ' ', '\t', '\f':
		return true
	}
	return false
}

// unescape resolves escapes. The second result is a mistake, or empty.
func unescape(raw string) (string, string) {
	if strings.IndexByte(raw, '\\') < 0 {
		return raw, ""
	}
	var text strings.Builder
	text.Grow(len(raw))
	for raw != "" {
		if raw[0] != '\\' {
			end := strings.IndexByte(raw, '\\')
			if end < 0 {
				end = len(raw)
			}
			text.WriteString(raw[:end])
			raw = raw[end:]
			continue
		}
		r, size, mistake := escape(raw)
		if mistake != "" {
			return "", mistake
		}
		if size > 1 { // a lone backslash at the very end stands for nothing
			text.WriteRune(r)
		}
		raw = raw[size:]
	}
	return text.String(), ""
}

// escape reads the escape sequence that raw begins with.
func escape(raw string) (r rune, size int, mistake string) {
	if len(raw) == 1 {
		return 0, 1, ""
	}
	switch raw[1] {
	case 't':
		return '\t', 2, ""
	case 'n':
		return '\n', 2, ""
	case 'r':
		return '\r', 2, ""
	case 'f':
		return '\f', 2, ""
	case 'u':
		return unicodeEscape(raw)
	}
	r, size = utf8.DecodeRuneInString(raw[1:])
	return r, 1 + size, ""
}

const unicodeSize = len(`\uXXXX`)

// unicodeEscape reads \uXXXX, or two of them that make one character beyond U+FFFF.
func unicodeEscape(raw string) (r rune, size int, mistake string) {
	unit, ok := codeUnit(raw)
	if !ok {
		return 0, 0, `\u must be followed by four hexadecimal digits; write \\u for a backslash and a u`
	}
	if !utf16.IsSurrogate(unit) {
		return unit, unicodeSize, ""
	}
	low, ok := codeUnit(raw[unicodeSize:])
	if r = utf16.DecodeRune(unit, low); ok && r != utf8.RuneError {
		return r, 2 * unicodeSize, ""
	}
	return 0, 0, `a \uD800 to \uDFFF is half of a character: write both halves, high one first`
}

func codeUnit(raw string) (rune, bool) {
	if len(raw) < unicodeSize || raw[0] != '\\' || raw[1] != 'u' {
		return 0, false
	}
	digits := raw[2:unicodeSize]
	if strings.ContainsAny(digits, "+-_") {
		return 0, false
	}
	unit, err := strconv.ParseUint(digits, 16, 16)
	return rune(unit), err == nil
}
