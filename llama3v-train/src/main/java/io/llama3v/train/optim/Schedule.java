package io.llama3v.train.optim;

import java.io.Serializable;
import java.util.List;
import java.util.OptionalLong;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * A learning rate (or any other coefficient) as a function of the step index.
 *
 * <p>The index is that of the optimiser step about to be taken, counted from 0: {@code at(0)} is the rate of the very first update.
 * Two conventions for the warm-up are in use, and both are here because a published run is only repeated under its own:
 * <ul>
 *   <li>Hugging Face ({@link #warmupCosine}, {@link #warmupLinear}, {@link #warmupConstant}): {@code peak * k / warmup}. The first
 *       update has rate 0; the peak is reached at {@code k == warmup}.</li>
 *   <li>OpenCLIP and MetaCLIP ({@link #openClipCosine}, {@link #openClipConstant}): {@code peak * (k + 1) / warmup}. The first update
 *       already moves; the peak is reached at {@code k == warmup - 1} and again at {@code k == warmup}.</li>
 * </ul>
 * Schedules hold no state, so a resumed run asks for the same index and gets the same rate.
 */
@FunctionalInterface
public interface Schedule extends Serializable {

  /**
   * The value for one step.
   *
   * @param step index of the optimiser step, from 0
   */
  double at(long step);

  /** The number of steps that it was made for; empty for one that goes on for ever. */
  default OptionalLong length() {
    return OptionalLong.empty();
  }

  /** This schedule, known to be made for so many steps; its values stay as they are. */
  default Schedule over(long steps) {
    Check.steps("steps", steps);
    return new BoundedSchedule(this, steps);
  }

  /** The same value at every step. */
  static Schedule constant(double value) {
    Check.rate("value", value);
    return step -> value;
  }

  /** {@code peak * k / warmup} for {@code k < warmup}, then {@code peak}: Hugging Face's {@code constant_with_warmup}. */
  static Schedule warmupConstant(double peak, long warmup) {
    Check.rate("peak", peak);
    Check.steps("warmup", warmup);
    return step -> peak * (step < warmup ? (double) step / Math.max(1, warmup) : 1.0);
  }

  /**
   * Linear warm-up, then a line from {@code peak} to 0 at {@code total}, 0 from there on: Hugging Face's {@code linear}.
   *
   * @param peak   highest rate
   * @param warmup steps of warm-up
   * @param total  steps in all, the warm-up included
   */
  static Schedule warmupLinear(double peak, long warmup, long total) {
    Check.rate("peak", peak);
    Check.window(warmup, total);
    Schedule linear = step -> peak * (step < warmup
        ? (double) step / Math.max(1, warmup)
        : Math.max(0.0, (double) (total - step) / Math.max(1, total - warmup)));
    return linear.over(total);
  }

  /**
   * Linear warm-up, then half a cosine from {@code peak} to 0 at {@code total}: Hugging Face's {@code cosine}.
   *
   * <p>{@code peak * max(0, (1 + cos(pi * p)) / 2)} with {@code p = (k - warmup) / max(1, total - warmup)}. As in the original, a run
   * that goes on past {@code total} climbs the cosine again; {@link #until} holds the last value instead.
   */
  static Schedule warmupCosine(double peak, long warmup, long total) {
    return warmupCosine(peak, 0.0, warmup, total);
  }

  /** As {@link #warmupCosine(double, long, long)}, but the cosine ends at {@code minimum}, not at 0. The warm-up still begins at 0. */
  static Schedule warmupCosine(double peak, double minimum, long warmup, long total) {
    Check.rate("peak", peak);
    Check.minimum(minimum, peak);
    Check.window(warmup, total);
    Schedule cosine = step -> {
      if (step < warmup) {
        return peak * ((double) step / Math.max(1, warmup));
      }
      double progress = (double) (step - warmup) / Math.max(1, total - warmup);
      return minimum + (peak - minimum) * Math.max(0.0, 0.5 * (1.0 + Math.cos(Math.PI * progress)));
    };
    return cosine.over(total);
  }

  /** {@code peak * (k + 1) / warmup} for {@code k < warmup}, then {@code peak}: OpenCLIP's {@code const}. */
  static Schedule openClipConstant(double peak, long warmup) {
    Check.rate("peak", peak);
    Check.steps("warmup", warmup);
    return step -> step < warmup ? peak * (step + 1) / warmup : peak;
  }

  /**
   * {@code peak * (k + 1) / warmup} for {@code k < warmup}, then {@code peak * (1 + cos(pi * (k - warmup) / (total - warmup))) / 2}:
   * the schedule of OpenCLIP's {@code cosine}, with which MetaCLIP was trained.
   */
  static Schedule openClipCosine(double peak, long warmup, long total) {
    Check.rate("peak", peak);
    Check.window(warmup, total);
    Schedule cosine = step -> step < warmup
        ? peak * (step + 1) / warmup
        : 0.5 * (1.0 + Math.cos(Math.PI * (step - warmup) / Math.max(1, total - warmup))) * peak;
    return cosine.over(total);
  }

  /** One stretch of a {@link #piecewise} schedule: from step {@code start} on, {@code schedule} with its own steps counted from 0. */
  record Piece(long start, Schedule schedule) implements Serializable { }

  /**
   * Schedules one after another. The first piece starts at step 0, and starts rise; within a piece the index begins at 0 again.
   *
   * @throws IllegalArgumentException when the first start is not 0 or the starts do not rise
   */
  static Schedule piecewise(Piece... pieces) {
    List<Piece> list = List.of(pieces);
    Check.pieces(list);
    return step -> {
      Piece current = list.get(0);
      for (Piece piece : list) {
        if (piece.start() <= step) {
          current = piece;
        }
      }
      return current.schedule().at(step - current.start());
    };
  }

  /** This schedule, never below {@code minimum}: {@code max(minimum, at(k))}, in the warm-up too. */
  default Schedule floor(double minimum) {
    Check.rate("minimum", minimum);
    return derived(step -> Math.max(minimum, at(step)));
  }

  /** This schedule up to step {@code last}, and its value at {@code last} from there on. */
  default Schedule until(long last) {
    Check.steps("last", last);
    return step -> at(Math.min(step, last));
  }

  /** This schedule without its first steps: what a training that begins at step {@code first} asks for as step 0. */
  default Schedule from(long first) {
    Check.steps("first", first);
    return step -> at(step + first);
  }

  /** This schedule times a factor: the rate of a part of the model that learns faster or slower than the rest. */
  default Schedule times(double factor) {
    Check.rate("factor", factor);
    return derived(step -> factor * at(step));
  }

  private Schedule derived(Schedule values) {
    return length().isPresent() ? values.over(length().getAsLong()) : values;
  }

  /** This schedule as ND4J's {@code ISchedule}, driven by the iteration; the epoch is ignored. */
  default ISchedule toNd4j() {
    return new Nd4jSchedule(this);
  }

  /**
   * An ND4J schedule as one of ours.
   *
   * @param stepsPerEpoch optimiser steps that make an epoch, for schedules of ND4J's {@code ScheduleType.EPOCH}
   */
  static Schedule fromNd4j(ISchedule schedule, long stepsPerEpoch) {
    if (stepsPerEpoch < 1) {
      throw new IllegalArgumentException("stepsPerEpoch is " + stepsPerEpoch + ": give the number of optimiser steps in an epoch, at least 1");
    }
    return step -> schedule.valueAt(Math.toIntExact(step), Math.toIntExact(step / stepsPerEpoch));
  }
}
