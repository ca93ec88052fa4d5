package cel

import (
	"fmt"
	"slices"
	"strconv"
)

// Rule is a rule that was read.
type Rule struct {
	text string
	root node
	// Transition says that the rule compares with what was there before: it names oldSelf.
	Transition bool
}

// Compile reads a rule.
func Compile(text string) (*Rule, error) {
	tokens, err := lex(text)
	if err != nil {
		return nil, fmt.Errorf("rule %q: %w", text, err)
	}
	p := &parser{tokens: tokens}
	root := p.ternary()
	if p.err == nil && p.peek().kind != ending {
		p.fail("%q is not expected", p.peek().text)
	}
	if p.err != nil {
		return nil, fmt.Errorf("rule %q: %w", text, p.err)
	}
	transition := slices.ContainsFunc(tokens, func(t token) bool { return t.kind == name && t.text == "oldSelf" })
	return &Rule{text, root, transition}, nil
}

// parser reads an expression from words. After the first mistake it reads on and changes nothing.
type parser struct {
	tokens []token
	at     int
	err    error
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = fmt.Errorf("at %d: %s", p.peek().at, fmt.Sprintf(format, args...))
	}
	p.at = len(p.tokens) - 1
}

// accept takes the next word when it is one of the signs, or the word "in".
func (p *parser) accept(signs ...string) (string, bool) {
	next := p.peek()
	if (next.kind == sign || next.text == "in" && next.kind == name) && slices.Contains(signs, next.text) {
		p.at++
		return next.text, true
	}
	return "", false
}

func (p *parser) expect(text string) {
	if _, ok := p.accept(text); !ok {
		p.fail("%q is expected, not %q", text, p.peek().text)
	}
}

func (p *parser) ternary() node {
	condition := p.binary(0)
	if _, ok := p.accept("?"); !ok {
		return condition
	}
	yes := p.ternary()
	p.expect(":")
	return choice{condition, yes, p.ternary()}
}

// levels are the operators of two sides, the loosest first. Source: the CEL language definition.
func levels() [][]string {
	return [][]string{{"||"}, {"&&"}, {"==", "!=", "<", "<=", ">", ">=", "in"}, {"+", "-"}}
}

func (p *parser) binary(level int) node {
	if level == len(levels()) {
		return p.unary()
	}
	left := p.binary(level + 1)
	for {
		operator, ok := p.accept(levels()[level]...)
		if !ok {
			return left
		}
		left = operation{operator, left, p.binary(level + 1)}
	}
}

func (p *parser) unary() node {
	if operator, ok := p.accept("!", "-"); ok {
		return negation{operator, p.unary()}
	}
	return p.member()
}

func (p *parser) member() node {
	left := p.primary()
	for {
		operator, ok := p.accept(".", "[")
		switch {
		case !ok:
			return left
		case operator == "[":
			index := p.ternary()
			p.expect("]")
			left = element{left, index}
		default:
			left = p.selected(left)
		}
	}
}

// selected reads what stands behind a dot: a field, a macro over a list, or a function of a value.
func (p *parser) selected(of node) node {
	field := p.name()
	if _, ok := p.accept("("); !ok {
		return selection{of, field}
	}
	if _, macro := macros()[field]; macro {
		variable := p.name()
		p.expect(",")
		body := p.ternary()
		p.expect(")")
		return comprehension{field, of, variable, body}
	}
	return p.call(field, of)
}

// call reads the arguments of a function up to the closing bracket. The value before the dot is the first of them.
func (p *parser) call(function string, arguments ...node) node {
	if _, ok := p.accept(")"); ok {
		return p.known(call{function, arguments})
	}
	for {
		arguments = append(arguments, p.ternary())
		if _, more := p.accept(","); !more {
			break
		}
	}
	p.expect(")")
	return p.known(call{function, arguments})
}

func (p *parser) known(c call) node {
	if function, ok := functions()[c.name]; !ok || function.arguments != len(c.arguments) {
		p.fail("there is no function %s with %d arguments", c.name, len(c.arguments))
	}
	return c
}

func (p *parser) name() string {
	next := p.peek()
	if next.kind != name {
		p.fail("a name is expected, not %q", next.text)
		return ""
	}
	p.at++
	return next.text
}

func (p *parser) primary() node {
	next := p.peek()
	switch next.kind {
	case number:
		p.at++
		value, err := strconv.ParseInt(next.text, 10, 64)
		if err != nil {
			p.fail("%v", err)
		}
		return literal{value}
	case quoted:
		p.at++
		return literal{next.text}
	case name:
		return p.named()
	case ending, sign:
	}
	p.expect("(")
	if p.err != nil {
		return literal{}
	}
	inner := p.ternary()
	p.expect(")")
	return inner
}

// named reads a truth, a variable or a function.
func (p *parser) named() node {
	word := p.name()
	switch word {
	case "true", "false":
		return literal{word == "true"}
	case "string", "int":
		return literal{typeName(word)}
	}
	if _, ok := p.accept("("); !ok {
		return variable{word}
	}
	if word != "has" {
		return p.call(word)
	}
	of, ok := p.member().(selection)
	if !ok {
		p.fail("has wants a field")
	}
	p.expect(")")
	return presence{of}
}
