package io.llama3v.data.curate.ngram;

import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;

/**
 * What the whole data tells a {@link ResampleStep}.
 *
 * @param counts    in how many samples each entry was found
 * @param solution  the threshold and the size that it gives
 * @param resampler decides with them
 */
public record ResampleResult(EntryCounts counts, ThresholdSolver.Solution solution, Resampler resampler) {
  void write(DataOutput out) throws IOException {
    counts.write(out);
    out.writeDouble(solution.threshold());
    out.writeDouble(solution.expectedSize());
    out.writeDouble(solution.drawError());
    out.writeDouble(solution.samplingError());
  }

  static ResampleResult read(DataInput in, int entries, ResamplingLaw law, double unmatched) throws IOException {
    EntryCounts counts = EntryCounts.read(in, entries);
    ThresholdSolver.Solution solution = new ThresholdSolver.Solution(in.readDouble(), in.readDouble(), in.readDouble(), in.readDouble());
    return new ResampleResult(counts, solution, new Resampler(counts, solution.threshold(), law, unmatched));
  }
}
