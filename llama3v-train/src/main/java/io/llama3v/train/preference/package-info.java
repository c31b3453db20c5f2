/**
 * What comes after supervised fine-tuning: files of preferred and rejected answers, direct preference optimisation, reward models,
 * rejection sampling, early stopping. The stages that carry these out are in {@code io.llama3v.train.stage}.
 */
package io.llama3v.train.preference;
