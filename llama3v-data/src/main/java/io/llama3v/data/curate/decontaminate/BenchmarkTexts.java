package io.llama3v.data.curate.decontaminate;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** Questions and answers out of a benchmark's own samples. */
public final class BenchmarkTexts {
  private BenchmarkTexts() {}

  /**
   * The texts of some fields of every sample's {@code json} member, however deep they lie; a field may hold a text or a list of texts.
   *
   * @param fields such as {@code question}
   * @throws IOException if the source cannot be read, or no sample has any of the fields
   */
  public static List<String> of(SampleSource source, Collection<String> fields) throws IOException {
    List<String> texts = new ArrayList<>();
    for (long i = 0; i < source.size(); i++) texts.addAll(of(source.read(i), fields));
    if (texts.isEmpty()) throw new IOException(source.describe() + ": no sample's json has a text under any of the fields " + fields);
    return texts;
  }

  /** The same of one sample; none if it has no such field, or no {@code json}. */
  public static List<String> of(Sample sample, Collection<String> fields) {
    List<String> texts = new ArrayList<>();
    if (!sample.members().containsKey("json")) return texts;
    JsonNode json = sample.json();
    for (String field : fields) {
      for (JsonNode value : json.findValues(field)) {
        if (value.isTextual()) texts.add(value.asText());
        for (JsonNode item : value) if (item.isTextual()) texts.add(item.asText());
      }
    }
    texts.removeIf(String::isBlank);
    return texts;
  }
}
