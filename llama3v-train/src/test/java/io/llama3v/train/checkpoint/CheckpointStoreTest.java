package io.llama3v.train.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.backend.Backend;
import io.llama3v.data.pipeline.LoaderState;
import io.llama3v.io.AtomicFiles;
import io.llama3v.tensor.Init;
import io.llama3v.tensor.Parameter;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.checkpoint.CheckpointStore.Damage;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {
  private static final List<String> FILES =
      List.of("weights.safetensors", "optimizer.safetensors", "ema.safetensors", "state.json", "manifest.json", "manifest.sha256");

  private Backend backend;
  private AdamW optimizer;
  private Ema ema;
  private CheckpointStore store;
  private final Map<String, Parameter> parameters = new LinkedHashMap<>();
  @TempDir Path folder;

  @BeforeEach
  void open() {
    backend = Backend.best();
    parameters.put("a.weight", new Parameter("weight", Init.normal(1), 3, 4).initialize(backend, 1, "a.weight"));
    parameters.put("scale", new Parameter("scale", Init.normal(1)).initialize(backend, 1, "scale"));
    parameters.put("frozen", new Parameter("frozen", Init.normal(1), 5).initialize(backend, 1, "frozen"));
    parameters.get("frozen").setTrainable(false);
    optimizer = AdamW.over(parameters).build();
    ema = new Ema(parameters, 0.9);
    store = new CheckpointStore(folder.resolve("run"), 2);
  }

  @AfterEach
  void close() {
    ema.close();
    optimizer.close();
    parameters.values().forEach(Parameter::close);
    backend.close();
  }

  private void train() {
    for (Parameter parameter : optimizer.parameters().values()) {
      try (Tensor gradient = backend.full(0.5, parameter.shape())) {
        parameter.addGrad(gradient);
      }
    }
    optimizer.step(0);
    optimizer.clearGrads();
    ema.update();
  }

  private RunState state(long step) {
    return new RunState("clip", step, 10 * step, 20 * step, 1, 0, new LoaderState(64 * step, 60 * step, Map.of("ImageException", 2L)), 7, 1.25,
        0.1 + 0.2, 3, ema.updates(), true, Map.of("loss", List.of(0.1 + 0.2, 1e-300)), List.of("after step 1: lr was 1, is now 0.001"),
        Map.of("lr", "0.001"), FrozenWeights.of(parameters, Path.of("base")));
  }

  private Path save(long step) throws IOException {
    train();
    return store.save(state(step), optimizer, ema);
  }

  @Test
  void everythingComesBackBitForBit() throws IOException {
    save(5);
    RunState state = state(5);
    float[] weight = parameters.get("a.weight").toFloats();
    float[] moment = optimizer.moments().get("exp_avg_sq.a.weight").toFloats();
    float[] average = ema.averages().get("a.weight").toFloats();
    train();
    backend.upload(FloatBuffer.wrap(new float[] {9}), parameters.get("scale"));
    Checkpoint checkpoint = store.latest().orElseThrow();
    checkpoint.restore(optimizer, ema);
    assertEquals(state, checkpoint.state());
    assertArrayEquals(weight, parameters.get("a.weight").toFloats());
    assertArrayEquals(moment, optimizer.moments().get("exp_avg_sq.a.weight").toFloats());
    assertArrayEquals(average, ema.averages().get("a.weight").toFloats());
    assertEquals(Map.of("a.weight", 1L, "scale", 1L), optimizer.updates());
    assertEquals(1, ema.updates());
    assertEquals("step_5\n", Files.readString(folder.resolve("run/latest")));
  }

  @Test
  void theLastFewAreKept() throws IOException {
    assertTrue(store.latest().isEmpty());
    for (long step : new long[] {2, 9, 10, 100}) save(step);
    assertEquals(List.of(100L, 10L), store.steps());
    try (var entries = Files.list(folder.resolve("run"))) {
      assertEquals(3, entries.count(), "two checkpoints and the pointer, nothing temporary");
    }
    assertTrue(assertThrows(CheckpointException.class, () -> save(100)).getMessage().contains("exists already"));
  }

  @Test
  void whatAPredecessorLeftHalfWrittenIsRemovedWhoseNumberThisProcessHas() throws IOException {
    // In a container the command has the same process id whenever it is started.
    Path left = folder.resolve("run/.step_7.tmp-" + ProcessHandle.current().pid() + "-0f1e2d");
    Files.createDirectories(left);
    Files.writeString(left.resolve("weights.safetensors"), "half");
    save(1);
    assertFalse(Files.exists(left));
  }

  @Test
  void everyDamageIsFoundAndNamed() throws IOException {
    Path intact = save(1);
    Path damaged = folder.resolve("copy/step_1");
    CheckpointStore copy = new CheckpointStore(folder.resolve("copy"), 1);
    for (String file : FILES) {
      for (Harm harm : Harm.values()) {
        AtomicFiles.deleteTree(damaged.getParent());
        Files.createDirectories(damaged);
        for (String name : FILES) Files.copy(intact.resolve(name), damaged.resolve(name));
        harm.to(damaged, file);
        String message = assertThrows(CheckpointException.class, copy::latest, harm + " " + file).getMessage();
        String named = file.startsWith("manifest") || harm == Harm.SWAP && message.contains("manifest") ? "manifest" : file;
        assertTrue(message.contains(harm == Harm.ADD ? "unknown.bin" : named), harm + " " + file + ": " + message);
        assertThrows(CheckpointException.class, () -> copy.latest(Damage.PASS_OVER), "nothing intact is left: never from scratch");
      }
    }
  }

  private enum Harm {
    DELETE, TRUNCATE, EMPTY, APPEND, FLIP_FIRST, FLIP_LAST, NOT_TEXT, ZERO, SWAP, ADD;

    void to(Path folder, String name) throws IOException {
      Path file = folder.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      switch (this) {
        case DELETE -> Files.delete(file);
        case TRUNCATE -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        case EMPTY -> Files.write(file, new byte[0]);
        case APPEND -> Files.write(file, new byte[] {' '}, StandardOpenOption.APPEND);
        case FLIP_FIRST -> flip(file, bytes, 0);
        case FLIP_LAST -> flip(file, bytes, bytes.length - 1);
        case NOT_TEXT -> {
          bytes[bytes.length / 2] ^= (byte) 0x80;
          Files.write(file, bytes);
        }
        case ZERO -> Files.write(file, new byte[bytes.length]);
        case SWAP -> {
          Path other = folder.resolve(FILES.get((FILES.indexOf(name) + 1) % FILES.size()));
          Files.write(file, Files.readAllBytes(other));
          Files.write(other, bytes);
        }
        case ADD -> Files.write(folder.resolve("unknown.bin"), bytes);
        default -> throw new IllegalStateException();
      }
    }

    private static void flip(Path file, byte[] bytes, int at) throws IOException {
      bytes[at] ^= 1;
      Files.write(file, bytes);
    }
  }

  /** Random damage to one of two checkpoints: found, named, and passed over if it is the newer. */
  @Test
  void randomDamageIsAlwaysFound() throws IOException {
    save(1);
    save(2);
    int damages = Integer.getInteger("llama3v.test.damages", 200);
    for (int seed = 0; seed < damages; seed++) {
      Random random = new Random(seed);
      String name = FILES.get(random.nextInt(FILES.size()));
      Path file = store.folder().resolve("step_2").resolve(name);
      byte[] intact = Files.readAllBytes(file);
      String what = damage(random, file, intact.clone(), store.folder().resolve("step_1").resolve(name));
      String where = "seed " + seed + ": " + what + " " + name;
      String message = assertThrows(CheckpointException.class, store::latest, where).getMessage();
      String named = name.startsWith("manifest") ? "manifest" : name;
      assertTrue(message.contains("step_2") && message.contains(named), where + ": " + message);
      Checkpoint older = store.latest(Damage.PASS_OVER).orElseThrow();
      assertEquals(1, older.state().step(), where);
      assertTrue(older.passedOver().get(0).contains(named), where + ": " + older.passedOver());
      Files.write(file, intact);
      assertEquals(2, store.latest().orElseThrow().state().step());
    }
  }

  private static String damage(Random random, Path file, byte[] bytes, Path older) throws IOException {
    switch (random.nextInt(6)) {
      case 0:
        Files.delete(file);
        return "deleted";
      case 1:
        // As a power failure leaves it: from some byte on there are zeros.
        int from = random.nextInt(bytes.length);
        Arrays.fill(bytes, from, bytes.length, (byte) 0);
        Files.write(file, flipIfSame(file, bytes));
        return "zeroed from " + from;
      case 2:
        int length = random.nextInt(bytes.length);
        Files.write(file, Arrays.copyOf(bytes, length));
        return "truncated to " + length;
      case 3:
        int bit = random.nextInt(8 * bytes.length);
        bytes[bit / 8] ^= (byte) (1 << bit % 8);
        Files.write(file, bytes);
        return "bit flipped at " + bit;
      case 4:
        Files.write(file, Files.readAllBytes(older));
        return "replaced by that of the older checkpoint";
      default:
        Files.write(file, new byte[1 + random.nextInt(9)], StandardOpenOption.APPEND);
        return "appended to";
    }
  }

  private static byte[] flipIfSame(Path file, byte[] bytes) throws IOException {
    if (Arrays.equals(Files.readAllBytes(file), bytes)) bytes[0] ^= 1;
    return bytes;
  }

  @Test
  void aCheckpointUnderAnothersNameIsDamage() throws IOException {
    Path one = save(1);
    Path two = save(2);
    AtomicFiles.deleteTree(two);
    AtomicFiles.copyTree(one, two);
    String message = assertThrows(CheckpointException.class, store::latest).getMessage();
    assertTrue(message.contains("step_2") && message.contains("holds step 1"), message);
    assertEquals(1, store.latest(Damage.PASS_OVER).orElseThrow().state().step());
    save(2);
    assertEquals(2, store.latest().orElseThrow().state().step());
  }

  @Test
  void aDamagedOneIsPassedOverOnlyOnRequest() throws IOException {
    save(1);
    Path newer = save(2);
    Files.delete(newer.resolve("state.json"));
    assertTrue(assertThrows(CheckpointException.class, store::latest).getMessage().contains("state.json"));
    Checkpoint older = store.latest(Damage.PASS_OVER).orElseThrow();
    assertEquals(1, older.state().step());
    assertEquals(1, older.passedOver().size());
    assertTrue(older.passedOver().get(0).contains("step_2"), older.passedOver().get(0));
    save(2);
    assertEquals(2, store.latest().orElseThrow().state().step());
    assertTrue(Files.exists(folder.resolve("run/damaged_step_2")), "what was damaged is kept aside");
  }

  @Test
  void aDeletedOneIsMissed() throws IOException {
    save(1);
    AtomicFiles.deleteTree(save(2));
    assertTrue(assertThrows(CheckpointException.class, store::latest).getMessage().contains("step_2"));
    assertEquals(1, store.latest(Damage.PASS_OVER).orElseThrow().state().step());
    AtomicFiles.deleteTree(folder.resolve("run/step_1"));
    assertThrows(CheckpointException.class, () -> store.latest(Damage.PASS_OVER));
  }

  @Test
  void whatADeadProcessLeftIsIgnoredAndRemoved() throws IOException {
    Path left = Files.createDirectories(folder.resolve("run/.step_9.tmp-999999999-ab"));
    Files.writeString(left.resolve("state.json"), "{");
    assertTrue(store.latest().isEmpty());
    save(1);
    assertFalse(Files.exists(left));
  }

  @Test
  void otherParametersAreRefusedByName() throws IOException {
    save(1);
    parameters.get("frozen").setTrainable(true);
    Checkpoint checkpoint = store.latest().orElseThrow();
    try (AdamW more = AdamW.over(parameters).build()) {
      assertTrue(assertThrows(CheckpointException.class, () -> checkpoint.restore(more, ema)).getMessage().contains("missing exp_avg.frozen"));
    }
    assertTrue(assertThrows(CheckpointException.class, () -> checkpoint.restore(optimizer, null)).getMessage().contains("moving average"));
  }
}
