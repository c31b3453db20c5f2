/**
 * Resampling of image-text pairs by the n-grams of their captions: a {@link io.llama3v.data.curate.ngram.Vocabulary} out of reference
 * text, exact matching of all its entries at once ({@link io.llama3v.data.curate.ngram.NGramMatcher}), counts over the data, and the
 * two laws by which frequent entries are thinned out ({@link io.llama3v.data.curate.ngram.Resampler}).
 */
package io.llama3v.data.curate.ngram;
