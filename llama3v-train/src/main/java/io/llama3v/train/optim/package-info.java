/** Optimisation: learning-rate schedules. */
package io.llama3v.train.optim;
