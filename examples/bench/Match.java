import io.llama3v.data.curate.ngram.EntryCounts;
import io.llama3v.data.curate.ngram.NGramMatcher;
import io.llama3v.data.curate.ngram.Resampler;
import io.llama3v.data.curate.ngram.ResamplingLaw;
import io.llama3v.data.curate.ngram.Vocabulary;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Matching and balancing of captions; the other side is match.py, which also makes the captions.
 *
 * <pre>
 * python3 examples/bench/match.py make /tmp/match
 * java -Xmx2g -cp "llama3v-train/target/lib/*" examples/bench/Match.java /tmp/match [threshold, 200] [threads, all] [rounds, 5] [limit, all]
 * </pre>
 */
public class Match {
  record Part(EntryCounts counts, List<int[]> hits) {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    double threshold = args.length > 1 ? Double.parseDouble(args[1]) : 200;
    int threads = args.length > 2 ? Integer.parseInt(args[2]) : Runtime.getRuntime().availableProcessors();
    int rounds = args.length > 3 ? Integer.parseInt(args[3]) : 5;
    Vocabulary vocabulary = Vocabulary.load(folder.resolve("vocabulary.txt"));
    int limit = args.length > 4 ? Integer.parseInt(args[4]) : Integer.MAX_VALUE;
    List<String> all = Files.readAllLines(folder.resolve("captions.txt"));
    List<String> captions = all.subList(0, Math.min(limit, all.size()));
    long begin = System.nanoTime();
    NGramMatcher matcher = new NGramMatcher(vocabulary);
    System.out.printf("%,d entries, %,d captions; automaton of %,d MB built in %.2f s%n", vocabulary.size(), captions.size(),
        matcher.automatonBytes() >> 20, (System.nanoTime() - begin) / 1e9);
    ExecutorService pool = Executors.newFixedThreadPool(threads);
    double[] rates = new double[rounds];
    try {
      for (int round = 1; round <= rounds; round++) {
        long start = System.nanoTime();
        List<Future<Part>> futures = new ArrayList<>();
        int chunk = (captions.size() + 4 * threads - 1) / (4 * threads);
        for (int from = 0; from < captions.size(); from += chunk) {
          List<String> mine = captions.subList(from, Math.min(captions.size(), from + chunk));
          futures.add(pool.submit(() -> match(matcher.fork(), mine)));
        }
        EntryCounts counts = new EntryCounts(vocabulary.size());
        List<int[]> hits = new ArrayList<>(captions.size());
        for (Future<Part> f : futures) {
          counts.merge(f.get().counts());
          hits.addAll(f.get().hits());
        }
        long matched = System.nanoTime();
        Resampler resampler = new Resampler(counts, threshold, ResamplingLaw.SQUARE_ROOT, 0);
        double expected = 0;
        for (int[] h : hits) expected += resampler.keepProbability(h, h.length);
        long done = System.nanoTime();
        rates[round - 1] = captions.size() / ((done - start) / 1e9);
        long finds = 0;
        for (long c : counts.counts()) finds += c;
        long checksum = 0;
        for (int c = 0; c < hits.size(); c++) for (int i : hits.get(c)) checksum += (c + 1L) * (i + 1L);
        System.out.printf("round %d, %d threads: matched in %.2f s, balanced in %.2f s: %,.0f captions/s%n"
            + "finds %d, checksum %d, expected size %.6f%n", round, threads, (matched - start) / 1e9, (done - matched) / 1e9, rates[round - 1], finds,
            checksum, expected);
      }
      java.util.Arrays.sort(rates);
      System.out.printf("median of %d rounds, %d threads: %.0f captions/s%n", rounds, threads, rates[rounds / 2]);
    } finally {
      pool.shutdown();
    }
  }

  private static Part match(NGramMatcher matcher, List<String> captions) {
    Part part = new Part(new EntryCounts(matcher.entries()), new ArrayList<>(captions.size()));
    for (String caption : captions) {
      int n = matcher.match(caption);
      part.counts.add(matcher.hits(), n);
      part.hits.add(java.util.Arrays.copyOf(matcher.hits(), n));
    }
    return part;
  }
}
