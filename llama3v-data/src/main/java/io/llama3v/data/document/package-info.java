/**
 * Documents to pictures with true labels: pages of PDF files, HTML, LaTeX formulas, Markdown tables, generated charts and flow charts, and
 * the samples that are made of them: pictures with their source text, the code of one boxed element of a page, boxes and marks for
 * visual grounding. {@link io.llama3v.data.document.build.Documents} makes shards of all of it.
 *
 * <p>Every renderer is usable alone. Their libraries are optional dependencies; one that is absent is named by a
 * {@link io.llama3v.data.document.MissingLibraryException}. Nothing here opens a network connection, and no file beside the one that was
 * named; what a document asks to be loaded is left out.
 */
package io.llama3v.data.document;
