/**
 * The model in the loop: a local page where people correct a model's drafts or rate two of them, and the files that become of it.
 * {@link io.llama3v.train.annotate.Annotation} puts it together, {@link io.llama3v.train.annotate.AnnotationServer} serves it.
 */
package io.llama3v.train.annotate;
