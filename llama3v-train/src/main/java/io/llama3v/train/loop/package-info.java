/** The training loop: tasks, batches, steps, metrics; and the repetition of reference trainings. */
package io.llama3v.train.loop;
