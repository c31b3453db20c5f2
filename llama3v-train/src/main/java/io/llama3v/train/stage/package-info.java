/**
 * The stages of training and their order. A stage is data, in a section of a YAML file, and a class that carries it out; {@link
 * io.llama3v.train.stage.Pipeline} runs them one after the other and goes on where it stopped.
 */
package io.llama3v.train.stage;
