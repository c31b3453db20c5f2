package io.llama3v.train.report;

/** Names of values in {@code metrics.jsonl} and TensorBoard that the report knows how to draw. Any other name gets a plain chart. */
public final class MetricNames {
  /** Mean loss of the step's accumulation window. */
  public static final String LOSS = "loss";
  /** Learning rate of the main parameter group. */
  public static final String LEARNING_RATE = "lr";
  /** Norm of the gradient before clipping. */
  public static final String GRAD_NORM = "grad_norm";
  /** Images per second. */
  public static final String IMAGES_PER_SECOND = "images_per_second";
  /** Tokens per second. */
  public static final String TOKENS_PER_SECOND = "tokens_per_second";
  /** Resident memory of the process, in bytes. */
  public static final String MEMORY = "memory_bytes";
  /** Samples skipped since the stage began. */
  public static final String SKIPPED = "skipped";
  /** Prefix of jumps: {@code spike/loss} is how many deviations the loss lay above the median of the steps before. */
  public static final String SPIKE = "spike/";
  /** Windows that made no update since the stage began. */
  public static final String SKIPPED_STEPS = "skipped_steps";
  /** Prefix of gate values: {@code gate/3/attention} is the tanh of the attention gate of block 3. */
  public static final String GATE = "gate/";
  /** Prefix of evaluations made during training: {@code eval/retrieval R@1}. */
  public static final String EVALUATION = "eval/";

  private MetricNames() { }
}
