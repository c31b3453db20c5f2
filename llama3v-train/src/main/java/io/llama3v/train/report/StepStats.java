package io.llama3v.train.report;

/**
 * What one optimiser step was like.
 *
 * @param step     optimiser steps completed, this one included
 * @param loss     its loss
 * @param lr       its learning rate
 * @param gradNorm norm of its gradient before clipping
 * @param images   images it saw
 * @param tokens   text tokens it saw
 * @param skipped  samples skipped since the stage began
 */
public record StepStats(long step, double loss, double lr, double gradNorm, long images, long tokens, long skipped) { }
