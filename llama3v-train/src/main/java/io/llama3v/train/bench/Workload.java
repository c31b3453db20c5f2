package io.llama3v.train.bench;

import io.llama3v.backend.Backend;

/** Something to be timed: a model of fixed shape with random weights, and one step of work on it. */
public sealed interface Workload permits ClipWorkload, LanguageModelWorkload, AdapterWorkload, GenerationWorkload {
  /** Name, as {@code --workload} takes it. */
  String name();

  /** Builds the model on a backend and prepares its data. */
  Session open(Backend backend);

  /** How many results one step yields, by which its time is divided: new tokens of a generation, else 1. */
  default int resultsPerStep() {
    return 1;
  }

  /** Untimed steps before the timed ones. */
  default int warmUps() {
    return 3;
  }

  /** A model, ready to be stepped. */
  interface Session extends AutoCloseable {
    /** Does the work once; returns when it is asked for, which on an asynchronous device is before it is done. */
    void step();

    /** Weights of the model. */
    long parameters();

    /** Weights that the step trains. */
    long trained();

    @Override
    void close();
  }
}
