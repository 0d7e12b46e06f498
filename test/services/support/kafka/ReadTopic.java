import java.io.BufferedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Prints what a topic holds now, in all partitions, from the beginning to the end that it has at the start, with Kafka's own
 * consumer: a line for each record, JSON with keys, values and headers in base64. The console consumer cannot tell an empty
 * topic from a slow broker, nor a tombstone from the word null.
 *
 * Arguments: bootstrap servers, topic, isolation level.
 */
public final class ReadTopic {
  public static void main(String[] args) throws Exception {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("isolation.level", args[2]);
    settings.put("enable.auto.commit", "false");
    settings.put("auto.offset.reset", "none");
    settings.put("allow.auto.create.topics", "false");
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(args[1]).stream()
              .map(each -> new TopicPartition(each.topic(), each.partition()))
              .collect(Collectors.toList());
      if (partitions.isEmpty()) throw new IllegalArgumentException("There is no topic " + args[1]);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      while (partitions.stream().anyMatch(each -> consumer.position(each) < ends.get(each))) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
          if (record.offset() < ends.get(new TopicPartition(record.topic(), record.partition()))) print(out, record);
        }
      }
    }
    out.flush();
    if (out.checkError()) System.exit(1);
  }

  private static void print(PrintStream out, ConsumerRecord<byte[], byte[]> record) {
    StringBuilder headers = new StringBuilder();
    for (Header header : record.headers()) {
      if (headers.length() > 0) headers.append(',');
      byte[] name = header.key().getBytes(StandardCharsets.UTF_8);
      headers.append('[').append(text(name)).append(',').append(text(header.value())).append(']');
    }
    out.print("{\"partition\":" + record.partition() + ",\"offset\":" + record.offset());
    out.print(",\"timestamp\":" + record.timestamp() + ",\"key\":" + text(record.key()));
    out.println(",\"value\":" + text(record.value()) + ",\"headers\":[" + headers + "]}");
  }

  private static String text(byte[] bytes) {
    return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"';
  }
}
