package v1beta1

import "testing"

func TestKafkaVersionOfImage(t *testing.T) {
	cases := map[string]string{
		"ghcr.io/adobe/koperator/kafka:2.13-3.9.2-jdk21.0.11": "3.9.2",
		"apache/kafka:4.1.0":                          "4.1.0",
		"registry:5000/kafka:3.8":                     "3.8.0",
		"quay.io/strimzi/kafka:0.47.0-kafka-4.0.0":    "0.47.0",
		"apache/kafka:latest":                         "",
		"apache/kafka":                                "",
		"apache/kafka@sha256:0123456789abcdef0123456": "",
		"mine/kafka:4.1.0-rc1":                        "4.1.0",
	}
	for image, want := range cases {
		if got := KafkaVersionOfImage(image).String(); got != want {
			t.Errorf("%s: got version %q, want %q", image, got, want)
		}
	}
	if !(KafkaVersion{4, 0, 0}).AtLeast(3, 9) || (KafkaVersion{3, 8, 1}).AtLeast(3, 9) || (KafkaVersion{}).AtLeast(0, 1) {
		t.Error("AtLeast orders versions wrongly")
	}
}
