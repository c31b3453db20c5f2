/** Optimisation: optimisers, parameter groups, gradient clipping and learning-rate schedules. */
package io.llama3v.train.optim;
