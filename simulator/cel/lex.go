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
		if strings.ContainsRune(" \n\t", rune(rule[at])) {
			at++
			continue
		}
		next, end, err := word(rule, at)
		if err != nil {
			return nil, err
		}
		tokens, at = append(tokens, next), end
	}
	return append(tokens, token{ending, "the end", len(rule)}), nil
}

// word reads the word that begins at a place, and says where it ends.
func word(rule string, at int) (next token, end int, err error) {
	c := rule[at]
	end = at + 1
	switch {
	case isLetter(c):
		for end < len(rule) && (isLetter(rule[end]) || isDigit(rule[end])) {
			end++
		}
		return token{name, rule[at:end], at}, end, nil
	case isDigit(c):
		for end < len(rule) && isDigit(rule[end]) {
			end++
		}
		return token{number, rule[at:end], at}, end, nil
	case c == '\'' || c == '"':
		length := strings.IndexByte(rule[end:], c)
		if length < 0 || strings.ContainsRune(rule[end:end+length], '\\') {
			return token{}, 0, fmt.Errorf("at %d: a text has no end, or a backslash", at)
		}
		return token{quoted, rule[end : end+length], at}, end + length + 1, nil
	default:
		if end < len(rule) && strings.Contains(signs, rule[at:end+1]) {
			end++
		}
		return token{sign, rule[at:end], at}, end, nil
	}
}

func isLetter(c byte) bool { return c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
