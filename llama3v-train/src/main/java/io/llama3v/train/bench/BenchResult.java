package io.llama3v.train.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.llama3v.backend.profile.Profile;

/**
 * One workload, measured. The names in JSON that both sides of the comparison have are those of {@code torch_step.py}.
 *
 * @param workload name
 * @param milliseconds median time of a step, or of a new token
 * @param fastest shortest time, in milliseconds
 * @param peakMegabytes largest resident memory of the process so far (on a GPU: device memory in live tensors), in units of 2^20 bytes,
 *     before the ceilings are measured
 * @param parameters weights of the model
 * @param trained weights that are trained
 * @param steps timed steps
 * @param gigaOperations operations of the matrix products of a step, or of a new token, in 10^9
 * @param sgemm ceiling: 10^9 operations a second
 * @param copy ceiling: 10^9 bytes a second
 * @param floor least time at these ceilings, in milliseconds
 * @param floorShare floor over median: 1 is perfect
 * @param backend what computed
 * @param device {@code cpu} or {@code cuda}
 * @param dtype type of the arithmetic
 * @param threads threads of the backend
 * @param version version of this library
 * @param java version of Java
 * @param profile time by kernel over all timed steps; null unless asked for
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BenchResult(String workload, @JsonProperty("ms") double milliseconds, @JsonProperty("min_ms") double fastest,
    @JsonProperty("peak_mb") long peakMegabytes, @JsonProperty("params") long parameters, long trained, int steps,
    @JsonProperty("gflop") double gigaOperations, @JsonProperty("sgemm_gflops") double sgemm, @JsonProperty("copy_gbs") double copy,
    @JsonProperty("floor_ms") double floor, @JsonProperty("floor_over_median") double floorShare, String backend, String device,
    String dtype, int threads, @JsonProperty("llama3v") String version, String java,
    Profile.Snapshot profile) {}
