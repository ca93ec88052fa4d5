// Code generated from Kafka's own classes (doc.go says how); DO NOT EDIT.

package dynamicconfig

// versions are the releases that the columns of a row stand for, oldest first. The facts of each were read from its
// jars: 3.9.2, 4.0.0, 4.1.0, 4.2.0, 4.3.0, 4.4.0.
const versions = "3.9 4.0 4.1 4.2 4.3 4.4"

// row returns what is known of a key: its mode in each of versions, and the type of its values; empty for a key that
// none of them has.
//
//	R  read-only
//	B  dynamic, for one broker only
//	L  dynamic, for one broker and only behind the prefix of a listener
//	C  dynamic, for one broker or for all
//	-  the version has no such key
func row(key string) string {
	switch key {
	case
		"errors.deadletterqueue.auto.create.topics.enable",
		"group.consumer.assignor.offload.enable",
		"group.share.assignor.offload.enable",
		"group.streams.assignor.offload.enable":
		return "-----C boolean"
	case
		"max.decompressed.message.bytes":
		return "-----C int"
	case
		"log.remote.copy.lag.bytes",
		"log.remote.copy.lag.ms":
		return "-----C long"
	case
		"errors.deadletterqueue.topic.name.prefix":
		return "-----C string"
	case
		"sasl.oauthbearer.allow.unverified.audience",
		"sasl.oauthbearer.allow.unverified.issuer":
		return "-----R boolean"
	case
		"group.streams.topology.description.plugin.class":
		return "-----R class"
	case
		"group.streams.max.warmup.replicas",
		"group.streams.min.task.offset.interval.ms",
		"group.streams.num.warmup.replicas",
		"group.streams.task.offset.interval.ms":
		return "-----R int"
	case
		"group.streams.assignors",
		"group.streams.rack.aware.assignment.tags":
		return "-----R list"
	case
		"group.streams.acceptable.recovery.lag":
		return "-----R long"
	case
		"group.share.dlq.manager.class.name":
		return "-----R string"
	case
		"cordoned.log.dirs":
		return "----BB list"
	case
		"follower.fetch.last.tiered.offset.enable":
		return "----CC boolean"
	case
		"group.consumer.assignment.interval.ms",
		"group.coordinator.cached.buffer.max.bytes",
		"group.share.assignment.interval.ms",
		"group.streams.assignment.interval.ms",
		"share.coordinator.cached.buffer.max.bytes":
		return "----CC int"
	case
		"controller.quorum.fetch.max.bytes",
		"controller.quorum.fetch.snapshot.max.bytes",
		"group.consumer.max.assignment.interval.ms",
		"group.consumer.min.assignment.interval.ms",
		"group.coordinator.background.threads",
		"group.share.max.assignment.interval.ms",
		"group.share.max.delivery.count.limit",
		"group.share.max.partition.max.record.locks",
		"group.share.min.assignment.interval.ms",
		"group.share.min.delivery.count.limit",
		"group.share.min.partition.max.record.locks",
		"group.streams.max.assignment.interval.ms",
		"group.streams.min.assignment.interval.ms":
		return "----RR int"
	case
		"remote.log.index.file.cache.ttl.ms":
		return "----RR long"
	case
		"remote.log.manager.follower.thread.pool.size":
		return "---CCC int"
	case
		"config.providers":
		return "---CCC list"
	case
		"controller.quorum.auto.join.enable":
		return "---RRR boolean"
	case
		"group.share.initialize.retry.interval.ms",
		"group.streams.initial.rebalance.delay.ms":
		return "---RRR int"
	case
		"internal.metadata.max.fetch.size.in.bytes":
		return "--RR-- int"
	case
		"sasl.oauthbearer.assertion.claim.jti.include",
		"transaction.two.phase.commit.enable":
		return "--RRRR boolean"
	case
		"sasl.oauthbearer.jwt.retriever.class",
		"sasl.oauthbearer.jwt.validator.class":
		return "--RRRR class"
	case
		"group.consumer.regex.refresh.interval.ms",
		"group.share.max.share.sessions",
		"group.streams.heartbeat.interval.ms",
		"group.streams.max.heartbeat.interval.ms",
		"group.streams.max.session.timeout.ms",
		"group.streams.max.size",
		"group.streams.max.standby.replicas",
		"group.streams.min.heartbeat.interval.ms",
		"group.streams.min.session.timeout.ms",
		"group.streams.num.standby.replicas",
		"group.streams.session.timeout.ms",
		"internal.metadata.log.segment.bytes",
		"internal.metadata.max.batch.size.in.bytes",
		"sasl.oauthbearer.assertion.claim.exp.seconds",
		"sasl.oauthbearer.assertion.claim.nbf.seconds",
		"share.coordinator.cold.partition.snapshot.interval.ms":
		return "--RRRR int"
	case
		"group.share.assignors":
		return "--RRRR list"
	case
		"internal.metadata.delete.delay.millis":
		return "--RRRR long"
	case
		"sasl.oauthbearer.assertion.private.key.passphrase",
		"sasl.oauthbearer.client.credentials.client.secret":
		return "--RRRR password"
	case
		"sasl.oauthbearer.assertion.algorithm",
		"sasl.oauthbearer.assertion.claim.aud",
		"sasl.oauthbearer.assertion.claim.iss",
		"sasl.oauthbearer.assertion.claim.sub",
		"sasl.oauthbearer.assertion.file",
		"sasl.oauthbearer.assertion.private.key.file",
		"sasl.oauthbearer.assertion.template.file",
		"sasl.oauthbearer.client.credentials.client.id",
		"sasl.oauthbearer.scope":
		return "--RRRR string"
	case
		"remote.list.offsets.request.timeout.ms":
		return "-CCCCC long"
	case
		"share.fetch.max.fetch.records":
		return "-R---- int"
	case
		"add.partitions.to.txn.retry.backoff.max.ms",
		"add.partitions.to.txn.retry.backoff.ms",
		"share.coordinator.append.linger.ms",
		"share.coordinator.load.buffer.size",
		"share.coordinator.snapshot.update.records.per.snapshot",
		"share.coordinator.state.topic.compression.codec",
		"share.coordinator.state.topic.num.partitions",
		"share.coordinator.state.topic.prune.interval.ms",
		"share.coordinator.state.topic.segment.bytes",
		"share.coordinator.threads",
		"share.coordinator.write.timeout.ms",
		"share.fetch.purgatory.purge.interval.requests":
		return "-RRRRR int"
	case
		"controller.performance.always.log.threshold.ms",
		"controller.performance.sample.period.ms":
		return "-RRRRR long"
	case
		"share.coordinator.state.topic.min.isr",
		"share.coordinator.state.topic.replication.factor":
		return "-RRRRR short"
	case
		"group.share.persister.class.name":
		return "-RRRRR string"
	case
		"principal.builder.class",
		"ssl.engine.factory.class":
		return "BBBBBB class"
	case
		"sasl.kerberos.ticket.renew.jitter",
		"sasl.kerberos.ticket.renew.window.factor",
		"sasl.login.refresh.window.factor",
		"sasl.login.refresh.window.jitter":
		return "BBBBBB double"
	case
		"listeners",
		"sasl.enabled.mechanisms",
		"sasl.kerberos.principal.to.local.rules",
		"ssl.cipher.suites",
		"ssl.enabled.protocols":
		return "BBBBBB list"
	case
		"sasl.kerberos.min.time.before.relogin":
		return "BBBBBB long"
	case
		"sasl.jaas.config":
		return "BBBBBB password"
	case
		"sasl.login.refresh.buffer.seconds",
		"sasl.login.refresh.min.period.seconds":
		return "BBBBBB short"
	case
		"listener.security.protocol.map",
		"sasl.kerberos.kinit.cmd",
		"sasl.kerberos.service.name",
		"sasl.mechanism.inter.broker.protocol",
		"ssl.client.auth",
		"ssl.endpoint.identification.algorithm",
		"ssl.keymanager.algorithm",
		"ssl.protocol",
		"ssl.provider",
		"ssl.secure.random.implementation",
		"ssl.trustmanager.algorithm":
		return "BBBBBB string"
	case
		"advertised.listeners":
		return "BRRRRR list"
	case
		"log.message.downconversion.enable":
		return "C----- boolean"
	case
		"log.message.timestamp.difference.max.ms":
		return "C----- long"
	case
		"log.preallocate",
		"transaction.partition.verification.enable",
		"unclean.leader.election.enable":
		return "CCCCCC boolean"
	case
		"log.cleaner.io.buffer.load.factor",
		"log.cleaner.io.max.bytes.per.second",
		"log.cleaner.min.cleanable.ratio":
		return "CCCCCC double"
	case
		"background.threads",
		"compression.gzip.level",
		"compression.lz4.level",
		"compression.zstd.level",
		"log.cleaner.io.buffer.size",
		"log.cleaner.threads",
		"log.index.interval.bytes",
		"log.index.size.max.bytes",
		"log.segment.bytes",
		"max.connection.creation.rate",
		"max.connections",
		"max.connections.per.ip",
		"message.max.bytes",
		"min.insync.replicas",
		"num.io.threads",
		"num.network.threads",
		"num.recovery.threads.per.data.dir",
		"num.replica.fetchers",
		"producer.id.expiration.ms",
		"remote.fetch.max.wait.ms":
		return "CCCCCC int"
	case
		"log.cleanup.policy",
		"metric.reporters":
		return "CCCCCC list"
	case
		"follower.replication.throttled.rate",
		"leader.replication.throttled.rate",
		"log.cleaner.backoff.ms",
		"log.cleaner.dedupe.buffer.size",
		"log.cleaner.delete.retention.ms",
		"log.cleaner.max.compaction.lag.ms",
		"log.cleaner.min.compaction.lag.ms",
		"log.flush.interval.messages",
		"log.flush.interval.ms",
		"log.local.retention.bytes",
		"log.local.retention.ms",
		"log.message.timestamp.after.max.ms",
		"log.message.timestamp.before.max.ms",
		"log.retention.bytes",
		"log.retention.ms",
		"log.roll.jitter.ms",
		"log.roll.ms",
		"log.segment.delete.delay.ms",
		"remote.log.index.file.cache.total.size.bytes",
		"remote.log.manager.copy.max.bytes.per.second",
		"remote.log.manager.fetch.max.bytes.per.second",
		"replica.alter.log.dirs.io.max.bytes.per.second":
		return "CCCCCC long"
	case
		"compression.type",
		"log.message.timestamp.type",
		"max.connections.per.ip.overrides":
		return "CCCCCC string"
	case
		"ssl.key.password",
		"ssl.keystore.certificate.chain",
		"ssl.keystore.key",
		"ssl.keystore.password",
		"ssl.truststore.certificates",
		"ssl.truststore.password":
		return "LLLLLL password"
	case
		"ssl.keystore.location",
		"ssl.keystore.type",
		"ssl.truststore.location",
		"ssl.truststore.type":
		return "LLLLLL string"
	case
		"alter.config.policy.kraft.compatibility.enable",
		"auto.include.jmx.reporter",
		"broker.id.generation.enable",
		"eligible.leader.replicas.enable",
		"zookeeper.metadata.migration.enable",
		"zookeeper.set.acl",
		"zookeeper.ssl.client.enable",
		"zookeeper.ssl.crl.enable",
		"zookeeper.ssl.ocsp.enable":
		return "R----- boolean"
	case
		"controlled.shutdown.max.retries",
		"leader.imbalance.per.broker.percentage",
		"password.encoder.iterations",
		"password.encoder.key.length",
		"reserved.broker.max.id",
		"zookeeper.connection.timeout.ms",
		"zookeeper.max.in.flight.requests",
		"zookeeper.metadata.migration.min.batch.size",
		"zookeeper.session.timeout.ms":
		return "R----- int"
	case
		"zookeeper.ssl.cipher.suites",
		"zookeeper.ssl.enabled.protocols":
		return "R----- list"
	case
		"controlled.shutdown.retry.backoff.ms":
		return "R----- long"
	case
		"delegation.token.master.key",
		"password.encoder.old.secret",
		"password.encoder.secret",
		"zookeeper.ssl.keystore.password",
		"zookeeper.ssl.truststore.password":
		return "R----- password"
	case
		"offsets.commit.required.acks":
		return "R----- short"
	case
		"control.plane.listener.name",
		"inter.broker.protocol.version",
		"log.message.format.version",
		"password.encoder.cipher.algorithm",
		"password.encoder.keyfactory.algorithm",
		"zookeeper.clientCnxnSocket",
		"zookeeper.connect",
		"zookeeper.ssl.endpoint.identification.algorithm",
		"zookeeper.ssl.keystore.location",
		"zookeeper.ssl.keystore.type",
		"zookeeper.ssl.protocol",
		"zookeeper.ssl.truststore.location",
		"zookeeper.ssl.truststore.type":
		return "R----- string"
	case
		"remote.log.manager.copier.thread.pool.size",
		"remote.log.manager.expiration.thread.pool.size",
		"remote.log.reader.threads":
		return "RCCCCC int"
	case
		"group.coordinator.new.enable":
		return "RR---- boolean"
	case
		"metadata.log.segment.min.bytes":
		return "RR---- int"
	case
		"group.share.max.groups":
		return "RR---- short"
	case
		"group.share.enable":
		return "RRRR-- boolean"
	case
		"auto.create.topics.enable",
		"auto.leader.rebalance.enable",
		"controlled.shutdown.enable",
		"delete.topic.enable",
		"log.cleaner.enable",
		"remote.log.storage.system.enable",
		"ssl.allow.dn.changes",
		"ssl.allow.san.changes",
		"unstable.api.versions.enable",
		"unstable.feature.versions.enable":
		return "RRRRRR boolean"
	case
		"alter.config.policy.class.name",
		"client.quota.callback.class",
		"create.topic.policy.class.name",
		"sasl.client.callback.handler.class",
		"sasl.login.callback.handler.class",
		"sasl.login.class",
		"sasl.server.callback.handler.class":
		return "RRRRRR class"
	case
		"remote.log.manager.task.retry.jitter":
		return "RRRRRR double"
	case
		"alter.log.dirs.replication.quota.window.num",
		"alter.log.dirs.replication.quota.window.size.seconds",
		"broker.heartbeat.interval.ms",
		"broker.id",
		"broker.session.timeout.ms",
		"connection.failed.authentication.delay.ms",
		"controller.quorum.append.linger.ms",
		"controller.quorum.election.backoff.max.ms",
		"controller.quorum.election.timeout.ms",
		"controller.quorum.fetch.timeout.ms",
		"controller.quorum.request.timeout.ms",
		"controller.quorum.retry.backoff.ms",
		"controller.quota.window.num",
		"controller.quota.window.size.seconds",
		"controller.socket.timeout.ms",
		"default.replication.factor",
		"delete.records.purgatory.purge.interval.requests",
		"fetch.max.bytes",
		"fetch.purgatory.purge.interval.requests",
		"group.consumer.heartbeat.interval.ms",
		"group.consumer.max.heartbeat.interval.ms",
		"group.consumer.max.session.timeout.ms",
		"group.consumer.max.size",
		"group.consumer.min.heartbeat.interval.ms",
		"group.consumer.min.session.timeout.ms",
		"group.consumer.session.timeout.ms",
		"group.coordinator.append.linger.ms",
		"group.coordinator.threads",
		"group.initial.rebalance.delay.ms",
		"group.max.session.timeout.ms",
		"group.max.size",
		"group.min.session.timeout.ms",
		"group.share.delivery.count.limit",
		"group.share.heartbeat.interval.ms",
		"group.share.max.heartbeat.interval.ms",
		"group.share.max.record.lock.duration.ms",
		"group.share.max.session.timeout.ms",
		"group.share.max.size",
		"group.share.min.heartbeat.interval.ms",
		"group.share.min.record.lock.duration.ms",
		"group.share.min.session.timeout.ms",
		"group.share.partition.max.record.locks",
		"group.share.record.lock.duration.ms",
		"group.share.session.timeout.ms",
		"initial.broker.registration.timeout.ms",
		"kafka.metrics.polling.interval.secs",
		"log.flush.offset.checkpoint.interval.ms",
		"log.flush.start.offset.checkpoint.interval.ms",
		"log.retention.hours",
		"log.retention.minutes",
		"log.roll.hours",
		"log.roll.jitter.hours",
		"max.incremental.fetch.session.cache.slots",
		"max.request.partition.size.limit",
		"metadata.log.segment.bytes",
		"metadata.max.idle.interval.ms",
		"metrics.num.samples",
		"node.id",
		"num.partitions",
		"num.replica.alter.log.dirs.threads",
		"offset.metadata.max.bytes",
		"offsets.commit.timeout.ms",
		"offsets.load.buffer.size",
		"offsets.retention.minutes",
		"offsets.topic.compression.codec",
		"offsets.topic.num.partitions",
		"offsets.topic.segment.bytes",
		"producer.id.expiration.check.interval.ms",
		"producer.purgatory.purge.interval.requests",
		"queued.max.requests",
		"quota.window.num",
		"quota.window.size.seconds",
		"remote.log.manager.copy.quota.window.num",
		"remote.log.manager.copy.quota.window.size.seconds",
		"remote.log.manager.fetch.quota.window.num",
		"remote.log.manager.fetch.quota.window.size.seconds",
		"remote.log.manager.thread.pool.size",
		"remote.log.metadata.custom.metadata.max.bytes",
		"remote.log.reader.max.pending.tasks",
		"replica.fetch.backoff.ms",
		"replica.fetch.max.bytes",
		"replica.fetch.min.bytes",
		"replica.fetch.response.max.bytes",
		"replica.fetch.wait.max.ms",
		"replica.socket.receive.buffer.bytes",
		"replica.socket.timeout.ms",
		"replication.quota.window.num",
		"replication.quota.window.size.seconds",
		"request.timeout.ms",
		"sasl.login.connect.timeout.ms",
		"sasl.login.read.timeout.ms",
		"sasl.oauthbearer.clock.skew.seconds",
		"sasl.server.max.receive.size",
		"socket.listen.backlog.size",
		"socket.receive.buffer.bytes",
		"socket.request.max.bytes",
		"socket.send.buffer.bytes",
		"telemetry.max.bytes",
		"transaction.abort.timed.out.transaction.cleanup.interval.ms",
		"transaction.max.timeout.ms",
		"transaction.remove.expired.transaction.cleanup.interval.ms",
		"transaction.state.log.load.buffer.size",
		"transaction.state.log.min.isr",
		"transaction.state.log.num.partitions",
		"transaction.state.log.segment.bytes",
		"transactional.id.expiration.ms":
		return "RRRRRR int"
	case
		"controller.listener.names",
		"controller.quorum.bootstrap.servers",
		"controller.quorum.voters",
		"early.start.listeners",
		"group.consumer.assignors",
		"group.coordinator.rebalance.protocols",
		"kafka.metrics.reporters",
		"log.dir",
		"log.dirs",
		"process.roles",
		"sasl.oauthbearer.expected.audience":
		return "RRRRRR list"
	case
		"connections.max.idle.ms",
		"connections.max.reauth.ms",
		"delegation.token.expiry.check.interval.ms",
		"delegation.token.expiry.time.ms",
		"delegation.token.max.lifetime.ms",
		"leader.imbalance.check.interval.seconds",
		"log.dir.failure.timeout.ms",
		"log.flush.scheduler.interval.ms",
		"log.initial.task.delay.ms",
		"log.retention.check.interval.ms",
		"metadata.log.max.record.bytes.between.snapshots",
		"metadata.log.max.snapshot.interval.ms",
		"metadata.log.segment.ms",
		"metadata.max.retention.bytes",
		"metadata.max.retention.ms",
		"metrics.sample.window.ms",
		"offsets.retention.check.interval.ms",
		"queued.max.request.bytes",
		"remote.log.manager.task.interval.ms",
		"remote.log.manager.task.retry.backoff.max.ms",
		"remote.log.manager.task.retry.backoff.ms",
		"replica.high.watermark.checkpoint.interval.ms",
		"replica.lag.time.max.ms",
		"sasl.login.retry.backoff.max.ms",
		"sasl.login.retry.backoff.ms",
		"sasl.oauthbearer.jwks.endpoint.refresh.ms",
		"sasl.oauthbearer.jwks.endpoint.retry.backoff.max.ms",
		"sasl.oauthbearer.jwks.endpoint.retry.backoff.ms",
		"server.max.startup.time.ms",
		"socket.connection.setup.timeout.max.ms",
		"socket.connection.setup.timeout.ms",
		"unclean.leader.election.interval.ms":
		return "RRRRRR long"
	case
		"delegation.token.secret.key":
		return "RRRRRR password"
	case
		"offsets.topic.replication.factor",
		"transaction.state.log.replication.factor":
		return "RRRRRR short"
	case
		"authorizer.class.name",
		"broker.rack",
		"group.consumer.migration.policy",
		"inter.broker.listener.name",
		"metadata.log.dir",
		"metrics.recording.level",
		"remote.log.metadata.manager.class.name",
		"remote.log.metadata.manager.class.path",
		"remote.log.metadata.manager.impl.prefix",
		"remote.log.metadata.manager.listener.name",
		"remote.log.storage.manager.class.name",
		"remote.log.storage.manager.class.path",
		"remote.log.storage.manager.impl.prefix",
		"replica.selector.class",
		"sasl.mechanism.controller.protocol",
		"sasl.oauthbearer.expected.issuer",
		"sasl.oauthbearer.jwks.endpoint.url",
		"sasl.oauthbearer.scope.claim.name",
		"sasl.oauthbearer.sub.claim.name",
		"sasl.oauthbearer.token.endpoint.url",
		"security.inter.broker.protocol",
		"security.providers",
		"ssl.principal.mapping.rules":
		return "RRRRRR string"
	}
	return ""
}
