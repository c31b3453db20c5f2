package io.llama3v.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  enum Kind { CLIP_PRETRAIN, SFT }

  record Optimizer(double learningRate, Float weightDecay, long[] milestones) {
    Optimizer {
      weightDecay = weightDecay == null ? 0.01f : weightDecay;
      if (learningRate < 0) {
        throw new IllegalArgumentException("learning_rate: expected at least 0, found " + learningRate);
      }
    }
  }

  record Stage(Kind kind, int steps, Optimizer optimizer, Map<String, Double> mixture, Duration every) {
    Stage {
      Objects.requireNonNull(kind, "kind");
      every = every == null ? Duration.ofSeconds(90) : every;
    }
  }

  record Run(@Required String name, Path out, long seed, boolean deterministic, List<Stage> stages,
             Map<Kind, Integer> weights, Optional<String> note, Object extra) {
    Run {
      stages = stages == null ? List.of() : List.copyOf(stages);
    }
  }

  private static final String FULL = """
      name: tiny
      out: runs/tiny
      seed: 1_000
      deterministic: true
      stages:
        - kind: clip-pretrain
          steps: 1e3
          optimizer:
            learning_rate: 1e-3
            milestones: [1, 2]
          mixture: {icons: 0.25, words: .75}
        - kind: Sft
          every: 1h30m
      weights: {SFT: 2}
      note: "1.10"
      extra: {a: [1, 2.5, true, x]}
      """;

  @TempDir
  Path folder;

  private Path file(String name, String yaml) throws IOException {
    return Files.writeString(folder.resolve(name), yaml);
  }

  private static Run parse(String yaml, String... overrides) {
    return ConfigLoader.parse(yaml, "tiny.yaml", Run.class, List.of(overrides));
  }

  private static void assertMessage(String expected, String yaml, String... overrides) {
    assertEquals(expected, assertThrows(ConfigException.class, () -> parse(yaml, overrides)).getMessage());
  }

  @Test
  void readsEveryType() throws IOException {
    Run run = ConfigLoader.load(file("tiny.yaml", FULL), Run.class);
    assertEquals("tiny", run.name());
    assertEquals(Path.of("runs/tiny"), run.out());
    assertEquals(1000, run.seed());
    assertTrue(run.deterministic());
    Stage stage = run.stages().get(0);
    assertEquals(Kind.CLIP_PRETRAIN, stage.kind());
    assertEquals(1000, stage.steps());
    assertEquals(1e-3, stage.optimizer().learningRate());
    assertEquals(0.01f, stage.optimizer().weightDecay());
    assertArrayEquals(new long[] {1, 2}, stage.optimizer().milestones());
    assertEquals(Map.of("icons", 0.25, "words", 0.75), stage.mixture());
    assertEquals(Duration.ofSeconds(90), stage.every());
    assertEquals(Duration.ofMinutes(90), run.stages().get(1).every());
    assertNull(run.stages().get(1).optimizer());
    assertEquals(Map.of(Kind.SFT, 2), run.weights());
    assertEquals(Optional.of("1.10"), run.note());
    assertEquals(Map.of("a", List.of(1L, 2.5, true, "x")), run.extra());
  }

  @Test
  void absentKeysTakeTheirDefaults() {
    Run run = parse("name: x\nnote:\nstages: ~\n");
    assertEquals(new Run("x", null, 0, false, List.of(), null, Optional.empty(), null), run);
  }

  @Test
  void unknownKeys() {
    assertMessage("tiny.yaml:5:5: unknown key 'optimzer' in 'stages.0'; did you mean 'optimizer'?"
        + " known: every, kind, mixture, optimizer, steps", """
        name: x
        stages:
          - kind: sft
            steps: 1
            optimzer: {learning_rate: 1}
        """);
    assertMessage("tiny.yaml:2:1: unknown key 'learningRate' in the top level; known: deterministic, extra, name, note,"
        + " out, seed, stages, weights", "name: x\nlearningRate: 1\n");
    assertMessage("tiny.yaml:3:14: unknown key 'learning-rate' in 'stages.0.optimizer'; did you mean 'learning_rate'?"
        + " known: learning_rate, milestones, weight_decay", "name: x\nstages: [{kind: sft, optimizer:\n            {learning-rate: 1}}]\n");
  }

  @Test
  void wrongTypes() {
    assertMessage("tiny.yaml:2:7: 'seed': expected an integer, found 'many'", "name: x\nseed: many\n");
    assertMessage("tiny.yaml:2:7: 'seed': expected an integer, found '1.5'", "name: x\nseed: 1.5\n");
    assertMessage("tiny.yaml:2:7: 'seed': expected an integer, found '9223372036854775808'",
        "name: x\nseed: 9223372036854775808\n");
    assertMessage("tiny.yaml:2:7: 'seed': expected an integer, found a list", "name: x\nseed: [1]\n");
    assertMessage("tiny.yaml:2:16: 'deterministic': expected true or false, found 'yes'", "name: x\ndeterministic: yes\n");
    assertMessage("tiny.yaml:3:5: 'stages': expected a list, found a section", "name: x\nstages:\n    kind: sft\n");
    assertMessage("tiny.yaml:2:11: 'stages.0': expected a section, found 'sft'", "name: x\nstages: [ sft ]\n");
    assertMessage("tiny.yaml:3:11: 'stages.0.kind': expected one of clip_pretrain, sft, found 'rlhf'",
        "name: x\nstages:\n  - kind: rlhf\n");
    assertMessage("tiny.yaml:2:29: 'stages.0.every': expected a duration such as 90s or 1h30m, found '90'",
        "name: x\nstages: [{kind: sft, every: 90}]");
    assertMessage("tiny.yaml:2:28: 'stages.0.steps': expected an integer below 2^31, found '3e9'",
        "name: x\nstages: [{kind: sft,steps: 3e9}]");
    assertMessage("tiny.yaml:2:34: 'stages.0.mixture.a': expected a number, found '.nan'",
        "name: x\nstages: [{kind: sft,mixture: {a: .nan}}]");
  }

  @Test
  void missingAndInvalid() {
    assertMessage("tiny.yaml:1:1: missing key 'name' in the top level", "seed: 1\n");
    assertMessage("tiny.yaml:1:1: missing key 'name' in the top level", "");
    assertMessage("tiny.yaml:3:5: missing key 'kind' in 'stages.0'", "name: x\nstages:\n  - steps: 1\n");
    assertMessage("tiny.yaml:5:7: 'stages.0.optimizer': learning_rate: expected at least 0, found -1.0", """
        name: x
        stages:
          - kind: sft
            optimizer:
              learning_rate: -1
        """);
  }

  @Test
  void malformedYaml() {
    assertMessage("tiny.yaml:2:1: key 'name' is written twice, first at line 1", "name: x\nname: y\n");
    assertMessage("tiny.yaml:1:1: expected keys and values at the top level, found a list", "- a\n");
    assertMessage("tiny.yaml:2:7: an anchor (&name) is not allowed here; write the value out where it is needed",
        "name: x\nnote: &a b\n");
    assertMessage("tiny.yaml:2:7: an alias (*name) is not allowed here; write the value out, or share a file with 'base:'",
        "name: x\nnote: *a\n");
    assertMessage("tiny.yaml:2:8: a tag (!name) is not allowed here; the type follows from the key",
        "name: x\nextra: !!javax.script.ScriptEngineManager [x]\n");
    assertMessage("tiny.yaml:2:7: malformed YAML: a control character", "name: x\nnote: \u0001");
    for (String yaml : List.of("name: [", "name: 'x", "a:\n\tb: 1", "name: x\n---\nname: y",
        "extra: " + "[".repeat(100_000), "extra: " + "{a: ".repeat(100), "? [a]\n: b", "{a: 1}}")) {
      String message = assertThrows(ConfigException.class, () -> parse(yaml)).getMessage();
      assertTrue(message.matches("(?s)tiny\\.yaml:\\d+:\\d+: .+") && message.length() < 500, message);
    }
  }

  @Test
  void aBaseHoldsWhereTheFileSaysNothing() throws IOException {
    Files.createDirectories(folder.resolve("parts"));
    file("base.yaml", FULL);
    file("parts/middle.yaml", "base: ../base.yaml\nseed: 7\nextra: {b: 2}\n");
    Run run = ConfigLoader.load(file("top.yaml", "base: parts/middle.yaml\nname: top\nweights: {clip_pretrain: 3}\nstages: []\nnote:\n"),
        Run.class);
    assertEquals("top", run.name());
    assertEquals(7, run.seed());
    assertEquals(List.of(), run.stages());
    assertEquals(Map.of(Kind.SFT, 2, Kind.CLIP_PRETRAIN, 3), run.weights().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
    assertEquals(Optional.empty(), run.note());
    assertEquals(Map.of("a", List.of(1L, 2.5, true, "x"), "b", 2L), run.extra());
  }

  @Test
  void mistakesInABaseNameTheBase() throws IOException {
    Path base = file("base.yaml", "name: x\nsed: 1\n");
    Path top = file("top.yaml", "base: base.yaml\n");
    assertTrue(assertThrows(ConfigException.class, () -> ConfigLoader.load(top, Run.class)).getMessage()
        .startsWith(base + ":2:1: unknown key 'sed' in the top level; did you mean 'seed'?"));
  }

  @Test
  void basesThatCannotBeRead() throws IOException {
    Path a = file("a.yaml", "base: b.yaml\n");
    Path b = file("b.yaml", "base: a.yaml\n");
    assertEquals(b + ":1:7: 'base': " + a + " includes itself, by way of [a.yaml, b.yaml]",
        assertThrows(ConfigException.class, () -> ConfigLoader.load(a, Run.class)).getMessage());
    Path c = file("c.yaml", "base: none.yaml\n");
    assertEquals(c + ":1:7: 'base': expected a file, found none at " + folder.resolve("none.yaml"),
        assertThrows(ConfigException.class, () -> ConfigLoader.load(c, Run.class)).getMessage());
    Path absent = folder.resolve("absent.yaml");
    assertEquals(absent + ": no such file",
        assertThrows(ConfigException.class, () -> ConfigLoader.load(absent, Run.class)).getMessage());
    Path latin = Files.write(folder.resolve("latin.yaml"), new byte[] {'a', ':', ' ', (byte) 0xe4});
    assertEquals(latin + ": expected UTF-8 text, found other bytes",
        assertThrows(ConfigException.class, () -> ConfigLoader.load(latin, Run.class)).getMessage());
  }

  @Test
  void overrides() {
    Run run = parse(FULL, "stages.0.optimizer.learning_rate=2e-5", "stages.1.optimizer.milestones=[3]", "name=a=b",
        "extra={x: y}", "seed=", "stages.0.mixture.scenes=1", "weights.clip-pretrain=1");
    assertEquals(2e-5, run.stages().get(0).optimizer().learningRate());
    assertArrayEquals(new long[] {3}, run.stages().get(1).optimizer().milestones());
    assertEquals("a=b", run.name());
    assertEquals(Map.of("x", "y"), run.extra());
    assertEquals(0, run.seed());
    assertEquals(3, run.stages().get(0).mixture().size());
    assertEquals(2, run.weights().size());
  }

  @Test
  void wrongOverrides() {
    assertMessage("override 'seed': expected key=value, such as optimizer.learning_rate=2e-5", FULL, "seed");
    assertMessage("override 'sed=1': unknown key 'sed' in the top level; did you mean 'seed'?"
        + " known: deterministic, extra, name, note, out, seed, stages, weights", FULL, "sed=1");
    assertMessage("override 'seed=x': 'seed': expected an integer, found 'x'", FULL, "seed=x");
    assertMessage("override 'stages.2.steps=1': 'stages' is a list of 2 at tiny.yaml:6:3: expected an index from 0 to 1,"
        + " found '2'", FULL, "stages.2.steps=1");
    assertMessage("override 'name.x=1': 'name' is not a section: 'tiny' at tiny.yaml:1:7", FULL, "name.x=1");
    assertMessage("override 'stages..steps=1': 'stages' is a list of 2 at tiny.yaml:6:3: expected an index from 0 to 1,"
        + " found ''", FULL, "stages..steps=1");
    assertMessage("override '.seed=1': a key is empty", FULL, ".seed=1");
  }

  @Test
  void effectiveTextLoadsToTheSame() {
    Run run = parse(FULL, "note='null'", "name=1e5", "extra={t: 'x: #y', u: \"a\\nb\\u0001\"}");
    String effective = ConfigLoader.effective(run);
    Run again = ConfigLoader.parse(effective, "effective", Run.class, List.of());
    assertEquals(ConfigLoader.flatten(run), ConfigLoader.flatten(again));
    assertEquals(effective, ConfigLoader.effective(again));
    assertEquals("null", again.note().orElseThrow());
    assertTrue(effective.contains("weight_decay: 0.01") && effective.contains("every: 1h30m"), effective);
    assertEquals("0.01", ConfigLoader.flatten(run).get("stages.0.optimizer.weight_decay"));
  }

  @Test
  void theHashDependsOnTheValuesAlone() {
    String hash = ConfigLoader.hash(parse("name: x\nseed: 1\nstages: [{kind: sft, mixture: {a: 1, b: 2}}]\n"));
    assertEquals(hash, ConfigLoader.hash(parse("seed: 1e0 # one\nname: \"x\"\nstages:\n- mixture: {b: 2.0, a: 1}\n  kind: SFT\n  every: 90s\n")));
    assertNotEquals(hash, ConfigLoader.hash(parse("name: x\nseed: 2\nstages: [{kind: sft, mixture: {a: 1, b: 2}}]\n")));
    assertEquals(64, hash.length());
  }

  @Test
  void damagedTextsGiveConfigExceptionsOnly() {
    String[] tokens = {"&a", "*a", "!!x ", "- ", ": ", "\n", "\t", "{", "}", "[", "]", "'", "\"", "|", ">", "#", "%", "@",
      "\u0000", "\ufeff", "\ud800", "? ", "--- ", "...", "<<: ", "1e99999", ".inf", "~", "  "};
    for (int seed = 0; seed < 2_000; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      StringBuilder text = new StringBuilder(FULL);
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        int at = random.nextInt(text.length());
        if (random.nextBoolean()) {
          text.insert(at, tokens[random.nextInt(tokens.length)]);
        } else {
          text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(4)));
        }
      }
      try {
        parse(text.toString());
      } catch (ConfigException expected) {
        assertTrue(expected.getMessage().startsWith("tiny.yaml:"), expected.getMessage());
      } catch (RuntimeException | Error other) {
        throw new AssertionError("seed " + seed + ":\n" + text, other);
      }
    }
  }
}
