package cel

import (
	"fmt"
	"strings"
)

// token is a word of a rule: a name, a number, a text in quotes, or a sign.
type token struct {
	kind tokenKind
	text string
	at   int
}

type tokenKind int

const (
	ending tokenKind = iota
	name
	number
	quoted
	sign
)

// signs are those of two characters; every other sign is one character.
const signs = "&& || == != <= >="

// lex splits a rule into its words; the last one is the ending.
func lex(rule string) ([]token, error) {
	var tokens []token
	for at := 0; at < len(rule); {
		c := rule[at]
		end := at + 1
		switch {
		case c == ' ' || c == '\n' || c == '\t':
			at++
			continue
		case isLetter(c):
			for end < len(rule) && (isLetter(rule[end]) || isDigit(rule[end])) {
				end++
			}
			tokens = append(tokens, token{name, rule[at:end], at})
		case isDigit(c):
			for end < len(rule) && isDigit(rule[end]) {
				end++
			}
			tokens = append(tokens, token{number, rule[at:end], at})
		case c == '\'' || c == '"':
			length := strings.IndexByte(rule[end:], c)
			if length < 0 || strings.ContainsRune(rule[end:end+length], '\\') {
				return nil, fmt.Errorf("at %d: a text has no end, or a backslash", at)
			}
			tokens = append(tokens, token{quoted, rule[end : end+length], at})
			end += length + 1
		default:
			if end < len(rule) && strings.Contains(signs, rule[at:end+1]) {
				end++
			}
			tokens = append(tokens, token{sign, rule[at:end], at})
		}
		at = end
	}
	return append(tokens, token{ending, "the end", len(rule)}), nil
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
