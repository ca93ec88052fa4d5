package v1beta1

// Admin is the listener that the operator and the Cruise Control metrics reporter use: one that is marked for it, else
// the brokers' own. Internal listeners go before external ones. Nil when there is none.
func (c *ListenersConfig) Admin() *CommonListenerSpec {
	for i := range c.InternalListeners {
		if c.InternalListeners[i].UsedForKafkaAdminCommunication {
			return &c.InternalListeners[i].CommonListenerSpec
		}
	}
	for i := range c.ExternalListeners {
		if c.ExternalListeners[i].UsedForKafkaAdminCommunication {
			return &c.ExternalListeners[i].CommonListenerSpec
		}
	}
	return c.InterBroker()
}

// InterBroker is the listener that brokers use among each other, nil when none is marked.
func (c *ListenersConfig) InterBroker() *CommonListenerSpec {
	for i := range c.InternalListeners {
		listener := &c.InternalListeners[i]
		if listener.UsedForInnerBrokerCommunication && !listener.UsedForControllerCommunication {
			return &listener.CommonListenerSpec
		}
	}
	for i := range c.ExternalListeners {
		if c.ExternalListeners[i].UsedForInnerBrokerCommunication {
			return &c.ExternalListeners[i].CommonListenerSpec
		}
	}
	return nil
}
