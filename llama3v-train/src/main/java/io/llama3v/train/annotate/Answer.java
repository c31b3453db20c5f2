package io.llama3v.train.annotate;

import java.time.Instant;

/**
 * A reply as it was kept. Nothing is overwritten: whoever changes their mind adds another, and the last one counts.
 *
 * @param id counts up
 * @param item it is about
 * @param annotator who gave it
 * @param reply what was said
 * @param activeMillis how long the page was in front of the person and in use
 * @param wallMillis from the first sight of the item to the reply
 * @param distance characters inserted, deleted and replaced to make the text out of the draft, over the longer one's length, from 0
 *     to 1; null where nothing was to be edited
 * @param written when
 */
public record Answer(int id, int item, int annotator, Reply reply, long activeMillis, long wallMillis, Double distance, Instant written) {}
