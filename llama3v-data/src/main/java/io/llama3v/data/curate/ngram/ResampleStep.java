package io.llama3v.data.curate.ngram;

import io.llama3v.data.curate.Candidate;
import io.llama3v.data.curate.CurationRecord;
import io.llama3v.data.curate.Features;
import io.llama3v.data.curate.ReduceContext;
import io.llama3v.data.curate.Reduction;
import io.llama3v.data.curate.Step;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Thins out frequent n-grams: see {@link Resampler}. An entry is found in a sample if it is in any of its captions. Belongs at the end,
 * after filters and de-duplication, since it counts what there is. Scores: {@value #SCORE}, the probability with which the sample
 * stays. Reasons: {@value #NO_ENTRY}, {@value #NOT_DRAWN}.
 */
public final class ResampleStep implements Step<ResampleResult> {
  /** The score: the probability to stay. */
  public static final String SCORE = "resample";
  /** Dropped because no entry of the vocabulary is in any caption. */
  public static final String NO_ENTRY = "no-vocabulary-entry";
  /** Dropped because no entry drew it. */
  public static final String NOT_DRAWN = "not-drawn";
  /** Samples looked at to solve for a size; with no more than these, the solution is exact. */
  public static final int SAMPLE = 200_000;
  private static final Logger LOG = LoggerFactory.getLogger(ResampleStep.class);
  private static final String HITS = "hits";

  private final Vocabulary vocabulary;
  private final NGramMatcher matcher;
  private final ThreadLocal<NGramMatcher> matchers;
  private final ResamplingGoal goal;
  private final ResamplingLaw law;
  private final double unmatched;
  private final long seed;

  /**
   * A step.
   *
   * @param unmatched the probability with which a sample without any entry stays; 0 drops them all
   * @param seed      of the draws
   */
  public ResampleStep(Vocabulary vocabulary, ResamplingGoal goal, ResamplingLaw law, double unmatched, long seed) {
    if (!(unmatched >= 0 && unmatched <= 1)) {
      throw new IllegalArgumentException("probability " + unmatched + " of samples without entries; expected 0 to 1");
    }
    this.vocabulary = vocabulary;
    this.matcher = new NGramMatcher(vocabulary);
    this.matchers = ThreadLocal.withInitial(matcher::fork);
    this.goal = goal;
    this.law = law;
    this.unmatched = unmatched;
    this.seed = seed;
  }

  @Override
  public String name() {
    return "resample";
  }

  @Override
  public Map<String, String> settings() {
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put("version", "1");
    settings.put("vocabulary", vocabulary.fingerprint());
    settings.put("goal", goal.toString());
    settings.put("law", law.toString());
    settings.put("unmatched", Double.toString(unmatched));
    settings.put("seed", Long.toString(seed));
    return settings;
  }

  @Override
  public List<CurationRecord> measure(List<Candidate> batch) {
    NGramMatcher mine = matchers.get();
    List<CurationRecord> measured = new ArrayList<>(batch.size());
    for (Candidate candidate : batch) {
      int n = mine.match(candidate.record().captions());
      measured.add(candidate.record().withFeature(HITS, Features.of(mine.hits(), n)));
    }
    return measured;
  }

  @Override
  public CurationRecord decide(CurationRecord record, ResampleResult global) {
    int[] hits = Features.ints(record.features().get(HITS));
    CurationRecord scored = record.withScore(SCORE, global.resampler().keepProbability(hits, hits.length));
    if (global.resampler().keeps(hits, hits.length, seed, record.id())) return scored;
    return scored.dropped(name(), hits.length == 0 ? NO_ENTRY : NOT_DRAWN);
  }

  @Override
  public Reduction<?, ResampleResult> reduction() {
    return new Counting();
  }

  /** What one shard tells. */
  private record Part(EntryCounts counts, HitSample sample) {}

  private final class Counting implements Reduction<Part, ResampleResult> {
    @Override
    public Part map(Iterator<CurationRecord> shard) {
      Part part = new Part(new EntryCounts(vocabulary.size()), new HitSample(seed, SAMPLE));
      while (shard.hasNext()) {
        CurationRecord record = shard.next();
        int[] hits = Features.ints(record.features().get(HITS));
        part.counts.add(hits, hits.length);
        part.sample.add(record.id(), hits, hits.length);
      }
      return part;
    }

    @Override
    public ResampleResult reduce(Iterable<Part> parts, ReduceContext context) {
      Part all = new Part(new EntryCounts(vocabulary.size()), new HitSample(seed, SAMPLE));
      for (Part part : parts) {
        combine(all, part);
      }
      return result(all.counts, all.sample);
    }

    @Override
    public boolean combines() {
      return true;
    }

    @Override
    public Part combine(Part one, Part other) {
      one.counts.merge(other.counts);
      one.sample.merge(other.sample);
      return one;
    }

    @Override
    public void writePart(Part part, DataOutput out) throws IOException {
      part.counts.write(out);
      part.sample.write(out);
    }

    @Override
    public Part readPart(DataInput in) throws IOException {
      return new Part(EntryCounts.read(in, vocabulary.size()), HitSample.read(in, seed, SAMPLE));
    }

    @Override
    public void writeResult(ResampleResult result, DataOutput out) throws IOException {
      result.write(out);
    }

    @Override
    public ResampleResult readResult(DataInput in) throws IOException {
      return ResampleResult.read(in, vocabulary.size(), law, unmatched);
    }
  }

  private ResampleResult result(EntryCounts counts, HitSample sample) {
    ThresholdSolver.Solution solution;
    if (sample.size() == 0 || counts.matchedTexts() == 0) {
      // Nothing to balance: any threshold drops or keeps the samples without entries alike.
      solution = new ThresholdSolver.Solution(1, unmatched * counts.texts(), 0, 0);
    } else {
      ThresholdSolver solver = new ThresholdSolver(counts, sample, law, unmatched);
      if (goal instanceof ResamplingGoal.Size size) solution = solver.solve(size.samples());
      else if (goal instanceof ResamplingGoal.Tail tail) solution = solver.at(TailShare.threshold(counts, tail.share()));
      else solution = solver.at(((ResamplingGoal.Threshold) goal).value());
    }
    LOG.info("resampling: {} samples, {} with an entry; T = {} ({}, tail share {}), {} stay on average (+- {})", counts.texts(),
        counts.matchedTexts(), solution.threshold(), law, TailShare.of(counts, solution.threshold()), Math.round(solution.expectedSize()),
        Math.round(Math.hypot(solution.drawError(), solution.samplingError())));
    return new ResampleResult(counts, solution, new Resampler(counts, solution.threshold(), law, unmatched));
  }
}
