/**
 * Building blocks of models. A {@link io.llama3v.nn.Module} has parameters, children and a {@code forward}; the names under
 * which they are registered are the names in Hugging Face checkpoints, so that loading needs no map.
 */
package io.llama3v.nn;
