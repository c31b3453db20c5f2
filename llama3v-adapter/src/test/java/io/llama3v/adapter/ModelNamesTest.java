package io.llama3v.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.nn.Module;
import io.llama3v.tensor.Parameter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and shapes of released checkpoints, compared without a byte of weights. */
class ModelNamesTest {
  private static final Pattern RANGES = Pattern.compile("\\{([0-9,-]+)}");

  /** Lines {@code name tab shape}; {@code layers.{0-2,4}} stands for layers 0, 1, 2 and 4. */
  private static Map<String, String> listed(String file) throws Exception {
    Map<String, String> names = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/names", file))) {
      String[] columns = line.split("\t", -1);
      Matcher ranges = RANGES.matcher(columns[0]);
      if (!ranges.find()) {
        names.put(columns[0], columns[1]);
        continue;
      }
      for (String range : ranges.group(1).split(",")) {
        String[] ends = range.split("-");
        for (int i = Integer.parseInt(ends[0]); i <= Integer.parseInt(ends[ends.length - 1]); i++) {
          names.put(ranges.replaceFirst(Integer.toString(i)), columns[1]);
        }
      }
    }
    return names;
  }

  private static void assertNames(String file, int tensors, long weights, Module module) throws Exception {
    Map<String, String> actual = new TreeMap<>();
    module.parameters().forEach((name, p) -> actual.put(name,
        Arrays.stream(p.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"))));
    assertEquals(listed(file), actual);
    assertEquals(tensors, actual.size());
    assertEquals(weights, module.parameterCount());
    for (Parameter p : module.parameters().values()) assertFalse(p.isAllocated());
  }

  private static JsonNode json(String text) throws Exception {
    return new ObjectMapper().readTree(text.replace('\'', '"'));
  }

  @Test
  void llama31With8Billion() throws Exception {
    LlamaConfig config = LlamaConfig.fromJson(json("{'model_type': 'llama', 'vocab_size': 128256, 'hidden_size': 4096, 'intermediate_size':"
        + " 14336, 'num_hidden_layers': 32, 'num_attention_heads': 32, 'num_key_value_heads': 8, 'rope_theta': 500000.0}"));
    assertNames("llama3.1_8b.tsv", 291, 8_030_261_248L, new LlamaModel(config));
  }

  /** Every key that the released files leave out has its released value. */
  @ParameterizedTest
  @CsvSource({"llama3.2_11b_base_448.tsv,448,10642941475", "llama3.2_11b_instruct_560.tsv,560,10670220835"})
  void llama32VisionWith11Billion(String file, int tileSize, long weights) throws Exception {
    MllamaConfig config = MllamaConfig.fromJson(json("{'model_type': 'mllama', 'vision_config': {'image_size': " + tileSize + "}}"));
    assertNames(file, 906, weights, new VisionLanguageModel(config));
  }
}
