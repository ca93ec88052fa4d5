package metacontroller

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/kompositor/kompositor/simulator/apiserver"
	"github.com/kompositor/kompositor/simulator/apply"
)

// readAnswer reads an answer as strictly as Metacontroller reads those of v2 hooks. What would crash Metacontroller, or
// delete every child by accident, is an error here.
func (m *Metacontroller) readAnswer(call *Call) (*Answer, error) {
	if call.Hook == "customize" {
		return readCustomizeAnswer(call.Response)
	}
	var read struct {
		Status             jsontext.Value   `json:"status"`
		Children           []jsontext.Value `json:"children"`
		ResyncAfterSeconds float64          `json:"resyncAfterSeconds"`
		Finalized          bool             `json:"finalized"`
	}
	if err := strictly(call.Response, &read); err != nil {
		return nil, fmt.Errorf("%s answer: %w", call.Hook, err)
	}
	if read.Children == nil {
		return nil, errors.New("the answer has no children: that would delete all of them")
	}
	answer := &Answer{
		Finalized:   read.Finalized,
		ResyncAfter: time.Duration(read.ResyncAfterSeconds * float64(time.Second)),
	}
	var err error
	if answer.Status, err = m.readStatus(call.Parent, read.Status); err != nil {
		return nil, fmt.Errorf("status: %w", err)
	}
	for i, text := range read.Children {
		child, err := m.readChild(call.Parent, text)
		if err != nil {
			return nil, fmt.Errorf("child %d: %w", i, err)
		}
		answer.Children = append(answer.Children, child)
	}
	return answer, nil
}

// answered is the status that was answered last for a parent: the same text is read once.
type answered struct {
	text   string
	status apiserver.Object
}

func (m *Metacontroller) readStatus(parent apiserver.Object, text []byte) (apiserver.Object, error) {
	if len(text) == 0 {
		return nil, nil
	}
	uid := apiserver.UID(parent)
	if known := m.answered[uid]; known.text == string(text) {
		return known.status, nil
	}
	status, err := apply.Decode(text)
	if err == nil {
		m.answered[uid] = answered{string(text), status}
	}
	return status, err
}

// readChild reads a desired child and completes it: the parent's namespace if it has none, and the label that
// generateSelector selects by. The same text is read once.
func (m *Metacontroller) readChild(parent apiserver.Object, text []byte) (apiserver.Object, error) {
	uid := apiserver.UID(parent)
	if known, ok := m.desired[uid][string(text)]; ok {
		return known, nil
	}
	child, err := apply.Decode(text)
	if err != nil {
		return nil, err
	}
	if key := apiserver.KeyOf(child); child["kind"] == nil || child["apiVersion"] == nil || key.Name == "" {
		return nil, fmt.Errorf("%s lacks apiVersion, kind or name", key)
	}
	if apiserver.Namespace(child) == "" {
		apiserver.Set(child, apiserver.Namespace(parent), "metadata", "namespace")
	}
	if apiserver.Label(child, uidLabel) == "" {
		apiserver.Set(child, uid, "metadata", "labels", uidLabel)
	}
	if m.desired[uid] == nil {
		m.desired[uid] = map[string]apiserver.Object{}
	}
	m.desired[uid][string(text)] = child
	return child, nil
}

func readCustomizeAnswer(response []byte) (*Answer, error) {
	var read struct {
		RelatedResources []rule `json:"relatedResources"`
	}
	if err := strictly(response, &read); err != nil {
		return nil, fmt.Errorf("customize answer: %w", err)
	}
	for i := range read.RelatedResources {
		if err := read.RelatedResources[i].valid(); err != nil {
			return nil, err
		}
	}
	return &Answer{Related: read.RelatedResources}, nil
}

// strictly refuses unknown fields and anything behind the value.
func strictly(text []byte, into any) error {
	return json.Unmarshal(text, into, json.RejectUnknownMembers(true))
}

// rule is one rule of a customize answer.
type rule struct {
	APIVersion    string    `json:"apiVersion"`
	Resource      string    `json:"resource"`
	Namespace     string    `json:"namespace"`
	Names         []string  `json:"names"`
	LabelSelector *selector `json:"labelSelector"`
}

type selector struct {
	MatchLabels      map[string]string `json:"matchLabels"`
	MatchExpressions []expression      `json:"matchExpressions"`
}

type expression struct {
	Key      string   `json:"key"`
	Operator string   `json:"operator"`
	Values   []string `json:"values"`
}

func (r *rule) valid() error {
	if r.LabelSelector != nil && len(r.Names) > 0 {
		return fmt.Errorf("the rule for %s has names and a selector; they exclude each other", r.Resource)
	}
	return nil
}

// matches says that a rule selects an object.
func (r *rule) matches(kind string, o apiserver.Object) bool {
	wanted, ok := kindOf(r.APIVersion, r.Resource)
	key := apiserver.KeyOf(o)
	if !ok || wanted != kind || o == nil || r.Namespace != "" && key.Namespace != r.Namespace {
		return false
	}
	if len(r.Names) > 0 && !slices.Contains(r.Names, key.Name) {
		return false
	}
	return r.LabelSelector == nil || r.LabelSelector.matches(o)
}

func (s *selector) matches(o apiserver.Object) bool {
	for name, text := range s.MatchLabels {
		if apiserver.Label(o, name) != text {
			return false
		}
	}
	for _, e := range s.MatchExpressions {
		value, has := apiserver.Map(o, "metadata", "labels")[e.Key].(string)
		switch e.Operator {
		case "In":
			has = has && slices.Contains(e.Values, value)
		case "NotIn":
			has = !has || !slices.Contains(e.Values, value)
		case "DoesNotExist":
			has = !has
		}
		if !has {
			return false
		}
	}
	return true
}

// matches says that one of the rules selects an object.
func (c customization) matches(kind string, o apiserver.Object) bool {
	for i := range c.rules {
		if c.rules[i].matches(kind, o) {
			return true
		}
	}
	return false
}
