package io.llama3v.train.loop;

import java.io.IOException;
import java.util.Map;

/** What a {@link StepHook} sees of the step just taken. */
public final class StepContext {
  private final long step;
  private final double loss;
  private final double learningRate;
  private final double gradientNorm;
  private final Telemetry telemetry;
  private final Runnable end;

  StepContext(long step, double loss, double learningRate, double gradientNorm, Telemetry telemetry, Runnable end) {
    this.step = step;
    this.loss = loss;
    this.learningRate = learningRate;
    this.gradientNorm = gradientNorm;
    this.telemetry = telemetry;
    this.end = end;
  }

  /** Updates made so far, this one included. */
  public long step() {
    return step;
  }

  /** Loss of this step's window. */
  public double loss() {
    return loss;
  }

  /** Learning rate of the default group in this step. */
  public double learningRate() {
    return learningRate;
  }

  /** Norm of the gradient before clipping. */
  public double gradientNorm() {
    return gradientNorm;
  }

  /** Writes named values to the run's {@code metrics.jsonl}, if it keeps one. */
  public void log(Map<String, Double> values) throws IOException {
    telemetry.log(step, values);
  }

  /** Makes this the last step: the run is finished, early, and stays so when it is taken up again. */
  public void finish() {
    end.run();
  }

  /** Prints a line above the progress line, or to the log. */
  public void message(String text) {
    telemetry.message(text);
  }
}
