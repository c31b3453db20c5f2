package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;
import java.util.Arrays;
import java.util.Comparator;

/**
 * A source from its easiest sample to its hardest. How hard a sample is, its JSON says under {@code difficulty}, a number; in a set
 * without that, the length of what is to be said decides: a caption's or document's characters, or those of all answers. Opening it
 * reads every sample once.
 */
final class ByDifficulty implements SampleSource {
  private final SampleSource source;
  private final int[] order;

  ByDifficulty(SampleSource source) throws IOException {
    this.source = source;
    int size = Math.toIntExact(source.size());
    double[] hardness = new double[size];
    boolean allState = true;
    for (int i = 0; i < size; i++) {
      Sample sample = source.read(i);
      JsonNode said = sample.member("json").isPresent() ? sample.json().path("difficulty") : MissingNode.getInstance();
      if (i == 0) allState = said.isNumber();
      if (said.isNumber() != allState) {
        throw new SampleException("sample '" + sample.key() + "' of " + source.describe() + (allState ? " states no 'difficulty'"
            : " states a 'difficulty'") + ", unlike those before it; all of a set must, or none", null);
      }
      hardness[i] = allState ? said.asDouble() : length(sample);
    }
    order = Arrays.stream(indices(size)).sorted(Comparator.comparingDouble(i -> hardness[i])).mapToInt(Integer::intValue).toArray();
  }

  private static Integer[] indices(int size) {
    Integer[] all = new Integer[size];
    Arrays.setAll(all, i -> i);
    return all;
  }

  private static double length(Sample sample) {
    if (sample.member("json").isPresent()) {
      JsonNode json = sample.json();
      int answers = 0;
      for (JsonNode turn : json.path("conversations")) answers += turn.path("answer").asText().length();
      for (JsonNode message : json.path("messages")) {
        if (message.path("role").asText().equals("assistant")) answers += message.path("content").asText(message.path("content").toString()).length();
      }
      if (answers > 0) return answers;
      if (!json.path("captions").isEmpty()) return json.path("captions").get(0).asText().length();
    }
    return sample.text().length();
  }

  @Override
  public long size() {
    return order.length;
  }

  @Override
  public Sample read(long index) throws IOException {
    return source.read(order[Math.toIntExact(index)]);
  }

  @Override
  public String fingerprint() throws IOException {
    return "by difficulty: " + source.fingerprint();
  }

  @Override
  public String describe() {
    return source.describe() + " by difficulty";
  }
}
