package io.llama3v.train.checkpoint;

import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.SafetensorsWriter.Entry;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.ShardedWeights;
import io.llama3v.nn.WeightLayout;
import io.llama3v.tensor.Shape;
import io.llama3v.tensor.Tensor;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Ema;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A verified checkpoint within a stage: {@code weights.safetensors} (what the stage trains, under the module's names),
 * {@code optimizer.safetensors} ({@code exp_avg.NAME}, {@code exp_avg_sq.NAME}, {@code step.NAME}), {@code ema.safetensors} where there
 * is a moving average, {@code state.json} and the manifest. Made and found by {@link CheckpointStore}.
 *
 * @param folder     the folder {@code step_N}
 * @param state      everything but tensors
 * @param passedOver newer checkpoints that are damaged, with the reason; empty unless {@link CheckpointStore.Damage#PASS_OVER}
 */
public record Checkpoint(Path folder, RunState state, List<String> passedOver) {
  private static final String WEIGHTS = "weights.safetensors";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String EMA = "ema.safetensors";
  private static final String STATE = "state.json";
  private static final String UPDATES = "step.";

  public Checkpoint {
    passedOver = List.copyOf(passedOver);
  }

  static void write(Path folder, RunState state, AdamW optimizer, Ema ema, SaveStep.Observer observer) throws IOException {
    writeTensors(folder.resolve(WEIGHTS), optimizer.parameters(), Map.of());
    observer.reached(SaveStep.WEIGHTS_WRITTEN);
    writeTensors(folder.resolve(OPTIMIZER), optimizer.moments(), optimizer.updates());
    if (ema != null) writeTensors(folder.resolve(EMA), ema.averages(), Map.of());
    AtomicFiles.writeString(folder.resolve(STATE), state.toJson());
    observer.reached(SaveStep.STATE_WRITTEN);
    Manifest.write(folder, state);
  }

  /** Opens a folder {@code step_N} after comparing every file with the manifest. */
  public static Checkpoint open(Path folder) throws IOException {
    Manifest manifest = Manifest.verify(folder);
    // A checkpoint renamed, or moved over another, is whole and still not what its name says.
    String name = folder.toAbsolutePath().normalize().getFileName().toString();
    if (name.startsWith("step_") && !name.equals("step_" + manifest.step())) {
      throw new CheckpointException(folder, "holds step " + manifest.step() + " according to its manifest: it was renamed, or another was "
          + "put in its place");
    }
    return new Checkpoint(folder, RunState.read(folder.resolve(STATE)), List.of());
  }

  /**
   * Overwrites parameters, moments and averages. Names and shapes are checked before anything is overwritten in each file.
   *
   * @param ema the moving average, or null if the run keeps none
   * @throws CheckpointException if this checkpoint holds other parameters than the optimiser trains
   */
  public void restore(AdamW optimizer, Ema ema) throws IOException {
    Path averages = folder.resolve(EMA);
    if ((ema != null) != Files.exists(averages)) {
      throw new CheckpointException(averages, ema == null ? "holds a moving average, and this run keeps none"
          : "is missing: this run keeps a moving average, and the checkpoint's kept none");
    }
    Map<String, Long> updates = new LinkedHashMap<>();
    Set<String> counters = new HashSet<>();
    try (ShardedWeights source = ShardedWeights.open(folder.resolve(OPTIMIZER))) {
      for (String name : source.names()) {
        if (!name.startsWith(UPDATES)) continue;
        counters.add(name);
        updates.put(name.substring(UPDATES.length()), source.readLongs(name)[0]);
      }
      TensorFiles.read(folder.resolve(OPTIMIZER), source, optimizer.moments(), counters);
    }
    optimizer.restoreUpdates(updates);
    readTensors(folder.resolve(WEIGHTS), optimizer.parameters());
    if (ema != null) {
      readTensors(averages, ema.averages());
      ema.restoreUpdates(state.averaged());
    }
  }

  /**
   * Lets an optimiser go on from another stage's: reads the moments and the numbers of updates of the parameters that both train.
   * What only this one trains begins afresh.
   *
   * @param fit brings moments into the shape that they have now, such as those of resized position tables; second moments that it
   *     makes negative become 0
   * @return names of the parameters that begin afresh
   */
  public List<String> carryMoments(AdamW optimizer, WeightLayout fit) throws IOException {
    Map<String, Long> updates = optimizer.updates();
    Map<String, Tensor> moments = optimizer.moments();
    List<String> fresh = new ArrayList<>();
    try (ShardedWeights source = ShardedWeights.open(folder.resolve(OPTIMIZER))) {
      for (String name : optimizer.parameters().keySet()) {
        if (!source.contains(UPDATES + name)) {
          fresh.add(name);
          continue;
        }
        for (String prefix : List.of(AdamW.FIRST, AdamW.SECOND)) {
          Tensor moment = moments.get(prefix + name);
          float[] values = fit.read(source, prefix + name, moment.shape(), new HashSet<>());
          if (values == null || values.length != moment.elements()) {
            throw new CheckpointException(folder.resolve(OPTIMIZER), prefix + name + " does not fit the parameter, of shape "
                + Shape.text(moment.shape()));
          }
          if (prefix.equals(AdamW.SECOND)) for (int i = 0; i < values.length; i++) values[i] = Math.max(0, values[i]);
          moment.backend().upload(FloatBuffer.wrap(values), moment);
        }
        updates.put(name, source.readLongs(UPDATES + name)[0]);
      }
    }
    optimizer.restoreUpdates(updates);
    return fresh;
  }

  private static void writeTensors(Path file, Map<String, ? extends Tensor> tensors, Map<String, Long> counters) throws IOException {
    List<Entry> entries = new ArrayList<>();
    tensors.forEach((name, tensor) -> entries.add(TensorFiles.entry(name, tensor)));
    counters.forEach((name, value) ->
        entries.add(Entry.ofLongs(UPDATES + name, SafetensorsType.I64, new long[0], new long[] {value})));
    SafetensorsWriter.write(file, entries);
  }

  private static void readTensors(Path file, Map<String, ? extends Tensor> tensors) throws IOException {
    try (ShardedWeights source = ShardedWeights.open(file)) {
      TensorFiles.read(file, source, tensors, Set.of());
    }
  }
}
