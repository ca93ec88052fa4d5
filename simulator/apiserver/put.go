package apiserver

import "errors"

// Put stores an object that was read from another server as it is there: its uid, its times and its status stay. What
// this server does not know of its kind is dropped. An object without a uid gets one.
func (s *Server) Put(o Object) (Object, error) {
	key := KeyOf(o)
	put, err := s.put(key, Copy(o))
	return put, s.As("observed").record(Write{Verb: Created, Key: key, New: put, Err: err})
}

func (s *Server) put(key Key, o Object) (Object, error) {
	delete(Map(o, "metadata"), "managedFields")
	known, err := rulesOf(key.Kind).normalize(key, o)
	if known == nil {
		if err == nil {
			err = errors.New("it is empty")
		}
		return nil, err
	}
	if UID(known) == "" {
		Set(known, s.newUID(), "metadata", "uid")
	}
	if key.Kind == "Service.v1" {
		for _, port := range List(known, "spec", "ports") {
			if number := Int(port, "nodePort"); number != 0 {
				s.nodePorts[number] = key
			}
		}
	}
	s.store(key, known)
	return known, nil
}
