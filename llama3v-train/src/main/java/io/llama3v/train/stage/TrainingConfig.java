package io.llama3v.train.stage;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.train.optim.Schedule;
import java.nio.file.Path;
import java.util.List;

/**
 * How a stage optimises.
 *
 * @param steps optimiser steps
 * @param batchSize samples a step
 * @param microBatch samples a forward pass; the step's batch is accumulated over several. 0: the whole batch at once
 * @param learningRate peak learning rate
 * @param warmup steps of linear warm-up
 * @param schedule shape after the warm-up
 * @param floor fraction of the peak that the learning rate never falls below, be it in the warm-up or after
 * @param weightDecay decoupled weight decay; not on norms, biases, gates, logit_scale
 * @param beta1 first-moment decay
 * @param beta2 second-moment decay
 * @param epsilon AdamW's ε
 * @param clip largest gradient norm
 * @param parts learning rates of parts of the model; what no part matches has factor 1
 * @param logEvery steps between metrics lines
 * @param checkpointEvery steps between checkpoints; null: one at the end
 * @param workers threads that prepare samples
 * @param packing tokens of a row that several samples share; 0: a row for every sample
 * @param average average over the training that the stage leaves instead of its last weights; none unless told otherwise
 * @param lora low-rank updates that are trained instead of whole linear layers; none unless told otherwise
 * @param recompute parts of the model whose blocks are run again in backward, which costs time and saves the memory of their
 *     activations; none unless told otherwise
 * @param loader order of the samples, and what becomes of bad ones
 */
public record TrainingConfig(int steps, int batchSize, int microBatch, double learningRate, int warmup, Shape schedule, double floor,
    Double weightDecay, double beta1, Double beta2, Double epsilon, double clip, List<PartConfig> parts, int logEvery,
    Integer checkpointEvery, int workers, int packing, AverageConfig average, LoraConfig lora,
    List<RecomputePart> recompute, LoaderConfig loader) {

  /** Shapes of the learning-rate schedule. */
  public enum Shape {
    /** Half a cosine down to 0, cut off at the floor. */
    COSINE,
    /** A straight line down to 0, cut off at the floor. */
    LINEAR,
    /** No change. */
    CONSTANT
  }

  /** Fills in defaults and checks. */
  public TrainingConfig {
    Defaults.positive("steps", steps);
    Defaults.positive("batch_size", batchSize);
    Defaults.positive("learning_rate", learningRate);
    microBatch = Defaults.or(microBatch, batchSize);
    Defaults.positive("micro_batch", microBatch);
    if (batchSize % microBatch != 0) {
      throw new IllegalArgumentException("micro_batch " + microBatch + " does not divide batch_size " + batchSize);
    }
    if (warmup < 0 || warmup >= steps) throw new IllegalArgumentException("warmup " + warmup + "; expected fewer steps than the " + steps + " of the stage, 0 or more");
    schedule = Defaults.or(schedule, Shape.COSINE);
    beta1 = Defaults.or(beta1, 0.9);
    clip = Defaults.or(clip, 1.0);
    recompute = recompute == null ? List.of() : List.copyOf(recompute);
    parts = parts == null ? List.of() : List.copyOf(parts);
    logEvery = Defaults.or(logEvery, 10);
    if (checkpointEvery != null && checkpointEvery == 0) checkpointEvery = null;
    workers = Defaults.or(workers, 1);
    // A stage that is refused only when its turn comes has cost all stages before it.
    share("floor", floor, 1);
    share("beta1", beta1, Math.nextDown(1.0));
    share("beta2", beta2, Math.nextDown(1.0));
    Defaults.notNegative("epsilon", epsilon);
    Defaults.notNegative("weight_decay", weightDecay);
    Defaults.positive("clip", clip);
    Defaults.positive("log_every", logEvery);
    if (checkpointEvery != null) Defaults.positive("checkpoint_every", checkpointEvery);
    Defaults.positive("workers", workers);
    loader = loader == null ? LoaderConfig.DEFAULT : loader;
    if (packing < 0) throw new IllegalArgumentException("packing " + packing + "; expected tokens of a row, or 0 for a row a sample");
    if (average != null) average.rule(0, steps);
  }

  private static void share(String name, Double value, double most) {
    if (value != null && !(value >= 0 && value <= most)) {
      throw new IllegalArgumentException(name + " " + value + "; expected 0 to " + (most == 1 ? "1" : "below 1"));
    }
  }

  /** Decoupled weight decay; 0 unless told otherwise. */
  @Override
  public Double weightDecay() {
    return Defaults.written(weightDecay, 0.0);
  }

  /** Second-moment decay; 0.95 unless told otherwise. */
  @Override
  public Double beta2() {
    return Defaults.written(beta2, 0.95);
  }

  /** AdamW's ε; 1e-8 unless told otherwise. */
  @Override
  public Double epsilon() {
    return Defaults.written(epsilon, 1e-8);
  }

  /** A loader of micro-batches that reads as this says; {@code folder} is the stage's. */
  <T> DataLoader.Builder<T> reading(DataLoader.Builder<T> data, Path folder) {
    return loader.apply(data.batchSize(microBatch).workers(workers), folder);
  }

  /** The same with values for what is not written: what is usual differs from stage to stage. */
  TrainingConfig orElse(double decay, double secondMoment, double eps) {
    return new TrainingConfig(steps, batchSize, microBatch, learningRate, warmup, schedule, floor, Defaults.written(weightDecay, decay), beta1,
        Defaults.written(beta2, secondMoment), Defaults.written(epsilon, eps), clip, parts, logEvery, checkpointEvery, workers, packing, average, lora, recompute, loader);
  }

  /** The same with another learning rate and weight decay. */
  public TrainingConfig with(double rate, double decay) {
    return new TrainingConfig(steps, batchSize, microBatch, rate, warmup, schedule, floor, decay, beta1, beta2, epsilon, clip,
        parts, logEvery, checkpointEvery, workers, packing, average, lora, recompute, loader);
  }

  /** The learning rate as a function of the step. */
  public Schedule toSchedule() {
    Schedule s = switch (schedule) {
      case COSINE -> Schedule.warmupCosine(learningRate, warmup, steps);
      case LINEAR -> Schedule.warmupLinear(learningRate, warmup, steps);
      case CONSTANT -> Schedule.warmupConstant(learningRate, warmup);
    };
    return averaged(floor > 0 ? s.floor(floor * learningRate) : s);
  }

  /** A learning rate, held where weight averaging wants it held. */
  Schedule averaged(Schedule planned) {
    return average == null ? planned : average.rate(planned, learningRate, steps);
  }

  /** The same with another learning rate. */
  public TrainingConfig withLearningRate(double value) {
    return with(value, weightDecay());
  }
}
