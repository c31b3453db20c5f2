package io.llama3v.train.stage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.sample.Sample;
import io.llama3v.data.sample.SampleException;
import io.llama3v.data.sample.SampleSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ByDifficultyTest {
  private static Sample json(String key, String json) {
    return new Sample(key, Map.of("json", json.getBytes()));
  }

  private static List<String> order(Sample... samples) throws IOException {
    SampleSource sorted = new ByDifficulty(SampleSource.of(List.of(samples)));
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i++) keys.add(sorted.read(i).key());
    return keys;
  }

  @Test
  void whatTheSamplesSay() throws IOException {
    assertEquals(List.of("b", "c", "a"), order(json("a", "{\"difficulty\": 3}"), json("b", "{\"difficulty\": -1}"),
        json("c", "{\"difficulty\": 0.5}")));
  }

  @Test
  void otherwiseTheLengthOfWhatIsToBeSaid() throws IOException {
    Map<String, byte[]> text = new LinkedHashMap<>();
    text.put("txt", "twelve chars".getBytes());
    assertEquals(List.of("caption", "talk", "text"), order(new Sample("text", text), json("caption", "{\"captions\": [\"short\", \"x\"]}"),
        json("talk", "{\"conversations\": [{\"question\": \"a very long question\", \"answer\": \"yes\"}, {\"question\": \"\", \"answer\": \"maybe\"}]}")));
  }

  @Test
  void someAndSomeNotIsAMistake() {
    for (String[] pair : new String[][] {{"{\"difficulty\": 1}", "{\"captions\": [\"a\"]}"}, {"{\"captions\": [\"a\"]}", "{\"difficulty\": 1}"}}) {
      String message = assertThrows(SampleException.class, () -> order(json("a", pair[0]), json("b", pair[1]))).getMessage();
      assertTrue(message.contains("'b'") && message.contains(pair[1].contains("difficulty") ? "states a" : "states no"), message);
    }
  }
}
