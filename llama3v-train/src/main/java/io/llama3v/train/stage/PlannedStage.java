package io.llama3v.train.stage;

import io.llama3v.data.pipeline.LoaderState;
import io.llama3v.nn.Module;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.Task;
import io.llama3v.train.loop.TrainingLoop;
import io.llama3v.train.optim.AdamW;
import io.llama3v.train.optim.Averaging;
import io.llama3v.train.optim.Ema;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;

/**
 * A training stage without data: its model, declared and frozen as the stage freezes it, its task, and a micro-batch of the largest
 * shape that its configuration allows, every token of it learned. Runs the stage's own steps, on any backend.
 *
 * @param <B> a micro-batch
 */
public final class PlannedStage<B> {
  private final String name;
  private final TrainingConfig training;
  private final Module model;
  private final Function<State, Task<B>> task;
  private final B batch;
  private Averaging averaging;
  private long steps;
  private int repeats = 1;
  private boolean separable = true;

  /** A stage whose task is made once its model has memory. */
  PlannedStage(String name, TrainingConfig training, Module model, Function<State, Task<B>> task, B batch) {
    this.name = name;
    this.steps = training.steps();
    this.training = training;
    this.model = model;
    this.task = task;
    this.batch = batch;
    this.averaging = training.average() == null ? null : training.average().rule(0, training.steps());
    if (training.lora() != null) training.lora().attach(model, 0);
    Training.freezeParts(model, training.parts());
  }

  /** A stretch of the stage instead of all of it. */
  PlannedStage<B> steps(long value) {
    steps = value;
    return this;
  }

  /** How often it is run. */
  PlannedStage<B> repeats(int value) {
    repeats = value;
    return this;
  }

  /** Another average than the configuration's; null for none. */
  PlannedStage<B> averaging(Averaging value) {
    averaging = value;
    return this;
  }

  /** Says that the micro-batches of a step know of each other. */
  PlannedStage<B> inseparable() {
    separable = false;
    return this;
  }

  /** Name of the stage, and of the phase where the tile size changes on the way. */
  public String name() {
    return name;
  }

  /** Optimiser steps of one run. */
  public long steps() {
    return steps;
  }

  /** How many such runs the stage makes: the trials of fine-tuning, else 1. */
  public int repeats() {
    return repeats;
  }

  /** Samples of a step. */
  public int samples() {
    return training.batchSize();
  }

  /** Micro-batches of a step. */
  public int accumulate() {
    return training.batchSize() / training.microBatch();
  }

  /** True if the micro-batches of a step know nothing of each other. The pairs of a contrastive step all do. */
  public boolean separable() {
    return separable;
  }

  /** The model, declared: give its parameters memory on a backend before {@link #prepare}. */
  public Module model() {
    return model;
  }

  /** Parts that the configuration has run again in backward. */
  public List<RecomputePart> recomputed() {
    return training.recompute();
  }

  /** Parts of this model that can be run again in backward. */
  public List<RecomputePart> recomputable() {
    return RecomputePart.of(model);
  }

  /** What a training of the stage holds besides the model; {@code average} may be null. */
  public record State(AdamW optimizer, Ema average) implements AutoCloseable {
    @Override
    public void close() {
      optimizer.close();
      if (average != null) average.close();
    }
  }

  /** Optimiser and average of the stage, once parameters have memory. */
  public State prepare() {
    AdamW optimizer = AdamW.over(model.parameters()).build();
    return new State(optimizer, averaging == null ? null : new Ema(model.parameters(), averaging));
  }

  /**
   * Takes steps of the training loop on that one batch.
   *
   * @param recompute parts that are run again in backward
   * @param microBatches micro-batches of each step
   */
  public void run(State state, Collection<RecomputePart> recompute, int microBatches, int count) throws IOException {
    RecomputePart.apply(model, recompute);
    TrainingLoop.of(name, state.optimizer, task.apply(state), new Again()).steps(count).accumulate(microBatches).clip(training.clip())
        .ema(state.average).build().run();
  }

  /** The same batch again and again. */
  private final class Again implements BatchSource<B> {
    @Override
    public B next() {
      return batch;
    }

    @Override
    public long position() {
      return 0;
    }

    @Override
    public void seek(long position) {}

    @Override
    public LoaderState state() {
      return LoaderState.at(0);
    }
  }
}
