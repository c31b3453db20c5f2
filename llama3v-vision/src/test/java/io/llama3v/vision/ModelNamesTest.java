package io.llama3v.vision;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.llama3v.nn.Module;
import io.llama3v.tensor.Parameter;
import io.llama3v.vision.clip.ClipConfig;
import io.llama3v.vision.clip.ClipModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Names and shapes of released checkpoints, compared without a byte of weights. */
class ModelNamesTest {
  private static void assertNames(String file, String prefix, Module module) throws Exception {
    Map<String, String> expected = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("src/test/resources/names", file))) {
      String[] columns = line.split("\t", -1);
      expected.put(columns[0], columns[1]);
    }
    Map<String, String> actual = new TreeMap<>();
    module.parameters().forEach((name, p) -> actual.put(prefix + name,
        Arrays.stream(p.shape()).mapToObj(Long::toString).collect(Collectors.joining("x"))));
    assertEquals(expected, actual);
    for (Parameter p : module.parameters().values()) assertFalse(p.isAllocated());
  }

  @Test
  void metaClipH14() throws Exception {
    ClipModel model = new ClipModel(ClipConfig.metaClipH14());
    assertNames("metaclip_h14.tsv", "", model);
    assertEquals(986_109_441L, model.parameterCount());
    assertEquals(632_076_800L - 1_310_720, model.vision().parameterCount(), "the projection is not part of the tower");
  }

  @ParameterizedTest
  @CsvSource({"llama3.2_11b_base_448.tsv,448,836288019", "llama3.2_11b_instruct_560.tsv,560,863567379"})
  void llama32Vision(String file, int tileSize, long parameters) throws Exception {
    VisionTransformer tower = new VisionTransformer(VisionConfig.llama32(tileSize));
    assertNames(file, "vision_model.", tower);
    assertEquals(parameters, tower.parameterCount());
    assertEquals(7680, tower.config().outputDim());
  }
}
