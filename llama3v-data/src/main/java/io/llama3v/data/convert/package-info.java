/**
 * Conversations for fine-tuning, out of academic sets and other projects' formats.
 *
 * <p>{@link io.llama3v.data.convert.ExampleSource}s in {@code source} read the published files of a set; {@code text} gives each
 * {@link io.llama3v.data.convert.Example} words, {@code rewrite} lets a language model find others and checks that the answer survived;
 * {@code exchange} reads and writes conversations in LLaVA's, ShareGPT's, OpenAI's and the project's own format;
 * {@link io.llama3v.data.convert.Converter} brings them together. All of it streams: what is held is one element, beside the indexes
 * whose cost their classes state.
 */
package io.llama3v.data.convert;
