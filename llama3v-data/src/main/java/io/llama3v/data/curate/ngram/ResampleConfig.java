package io.llama3v.data.curate.ngram;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * How frequent n-grams are thinned out.
 *
 * @param vocabulary     a vocabulary file; without one it is built of the parts below
 * @param text           files of reference text for unigrams and bigrams, gzipped or not
 * @param words          files of words and phrases, one a line
 * @param titles         file of titles and page views
 * @param minWordCount   times that a word stands in the text at least; 100
 * @param minBigramCount times that a bigram does; 10
 * @param bigramShare    bigrams as a share of the unigrams, those of highest mutual information; 0.4
 * @param minViews       page views of a title at least; 70
 * @param limit          entries at most; 500,000
 * @param law            {@code reciprocal} (MetaCLIP) or {@code square_root} (Llama 3); square_root
 * @param threshold      T; or:
 * @param size           samples to keep on average; or:
 * @param tailShare      share of all finds that belongs to entries rarer than T
 * @param unmatched      probability with which samples without any entry stay; 0
 */
public record ResampleConfig(Path vocabulary, List<Path> text, List<Path> words, Path titles, int minWordCount, int minBigramCount,
    Double bigramShare, int minViews, int limit, ResamplingLaw law, Double threshold, Double size, Double tailShare, double unmatched) {
  /** Fills in defaults and checks. */
  public ResampleConfig {
    text = text == null ? List.of() : List.copyOf(text);
    words = words == null ? List.of() : List.copyOf(words);
    minWordCount = minWordCount == 0 ? 100 : minWordCount;
    minBigramCount = minBigramCount == 0 ? 10 : minBigramCount;
    bigramShare = bigramShare == null ? 0.4 : bigramShare;
    minViews = minViews == 0 ? 70 : minViews;
    limit = limit == 0 ? 500_000 : limit;
    law = law == null ? ResamplingLaw.SQUARE_ROOT : law;
    boolean parts = !text.isEmpty() || !words.isEmpty() || titles != null;
    if ((vocabulary != null) == parts) {
      throw new IllegalArgumentException("name either a 'vocabulary' or what to build one of: 'text', 'words', 'titles'");
    }
    if ((threshold == null ? 0 : 1) + (size == null ? 0 : 1) + (tailShare == null ? 0 : 1) != 1) {
      throw new IllegalArgumentException("give exactly one of 'threshold', 'size' and 'tail_share'");
    }
    if (!(unmatched >= 0 && unmatched <= 1)) throw new IllegalArgumentException("'unmatched' is " + unmatched + "; expected 0 to 1");
  }

  /** What decides the threshold. */
  public ResamplingGoal goal() {
    if (threshold != null) return new ResamplingGoal.Threshold(threshold);
    return size != null ? new ResamplingGoal.Size(size) : new ResamplingGoal.Tail(tailShare);
  }

  /** Reads or builds the vocabulary: numbers, lists, text, titles, in this order. */
  public Vocabulary open() throws IOException {
    if (vocabulary != null) return Vocabulary.load(vocabulary);
    VocabularyBuilder builder = new VocabularyBuilder().limit(limit).numbers();
    for (Path file : words) builder.words(file);
    if (!text.isEmpty()) builder.text(ReferenceText.files(text), minWordCount, new BigramRule.ShareOfUnigrams(bigramShare), minBigramCount);
    if (titles != null) builder.titles(titles, minViews);
    return builder.build();
  }

  /** The step. */
  public ResampleStep step(long seed) throws IOException {
    return new ResampleStep(open(), goal(), law, unmatched, seed);
  }
}
