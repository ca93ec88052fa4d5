package com.linkedin.kafka.cruisecontrol.metricsreporter;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.metrics.KafkaMetric;
import org.apache.kafka.common.metrics.MetricsReporter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands in for Cruise Control's metrics reporter, which no package registry has. It is found under the same class name,
 * takes the same configuration and reaches the brokers with it; it reports nothing.
 */
public final class CruiseControlMetricsReporter implements MetricsReporter {
  private static final Logger LOG = LoggerFactory.getLogger(CruiseControlMetricsReporter.class);
  private static final String PREFIX = "cruise.control.metrics.reporter.";
  /** A reference to a config provider, as in ${provider:path:key}. */
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{[^}:]+:[^}]*}");

  private volatile boolean closed;

  @Override
  public void configure(Map<String, ?> configs) {
    Map<String, Object> client = new HashMap<>();
    for (Map.Entry<String, ?> entry : configs.entrySet()) {
      if (!entry.getKey().startsWith(PREFIX)) {
        continue;
      }
      if (REFERENCE.matcher(String.valueOf(entry.getValue())).find()) {
        throw new ConfigException(entry.getKey(), "not shown", "nobody has resolved its reference");
      }
      client.put(entry.getKey().substring(PREFIX.length()), entry.getValue());
    }
    if (!client.containsKey("bootstrap.servers")) {
      throw new ConfigException(PREFIX + "bootstrap.servers is missing");
    }
    Thread thread = new Thread(() -> reach(client), "metrics-reporter");
    thread.setDaemon(true);
    thread.start();
  }

  private void reach(Map<String, Object> client) {
    while (!closed) {
      try (Admin admin = Admin.create(client)) {
        String id = admin.describeCluster().clusterId().get(10, TimeUnit.SECONDS);
        LOG.info("metrics reporter reached cluster {} at {}", id, client.get("bootstrap.servers"));
        return;
      } catch (InterruptedException e) {
        return;
      } catch (Exception e) {
        LOG.info("metrics reporter has not reached its cluster yet: {}", e.toString());
      }
    }
  }

  @Override
  public void init(List<KafkaMetric> metrics) {}

  @Override
  public void metricChange(KafkaMetric metric) {}

  @Override
  public void metricRemoval(KafkaMetric metric) {}

  @Override
  public void close() {
    closed = true;
  }
}
