/** Comparison with reference implementations: whole folders of their inputs, outputs and gradients, run through our models. */
package io.llama3v.train.parity;
