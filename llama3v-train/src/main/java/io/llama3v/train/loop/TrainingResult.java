package io.llama3v.train.loop;

import java.util.List;

/**
 * How a run ended.
 *
 * @param step           updates made in all
 * @param finished       true if it reached its last step or a hook ended it, false if it was asked to stop
 * @param loss           loss of the last step, NaN if this session took none
 * @param images         images seen
 * @param tokens         text tokens seen
 * @param skippedSteps   windows without an update
 * @param skippedSamples samples that could not be used
 * @param seconds        wall time over all sessions
 * @param changes        settings that were changed at a resume, and allowed to be, in words
 */
public record TrainingResult(long step, boolean finished, double loss, long images, long tokens, long skippedSteps, long skippedSamples,
    double seconds, List<String> changes) {}
