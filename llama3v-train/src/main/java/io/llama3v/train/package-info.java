/** Where to begin: {@link io.llama3v.train.Llama3V} asks a model, {@link io.llama3v.train.stage.StageRunner} trains one. */
package io.llama3v.train;
