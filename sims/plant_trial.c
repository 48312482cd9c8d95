/* Runs short episodes of a user's plant with random actions, to find faults of its code before a
 * search does. plant_trial.py compiles it after the adapter my_plant.c, for one lane, with
 * sanitizers where the compiler has them; it prints each call before it is made. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

enum { EPISODES = 4, STEPS = 200 };

static uint64_t drawn = 1;

/* A number from 0 to 1; the generator is Knuth's MMIX. */
static float next_draw(void)
{
    drawn = drawn * 6364136223846793005u + 1442695040888963407u;
    return (float)(drawn >> 40) / (float)(1 << 24);
}

/* Print the call that follows; the process ends by SIGVTALRM where it takes too long. */
static void announce(const char *call, int episode, int step)
{
    struct itimerval limit = {{0, 0}, {LONGEST_CALL_S, 0}};
    fprintf(stderr, "call %s in step %d of the episode of seed %d\n", call, step, episode);
    setitimer(ITIMER_VIRTUAL, &limit, NULL);
}

/* The plant's code can end the process with exit code 0 too. */
static void pass(void)
{
    fprintf(stderr, "\npassed\n");
    exit(0);
}

/* Arrays of the exact sizes, so that a sanitizer finds the first number outside. */
static float *numbers(int32_t count)
{
    float *made = calloc((size_t)count, sizeof(float));
    if (made == NULL)
        pass();
    return made;
}

static int run_episode(int episode, int32_t actions)
{
    float *state = numbers(entry.states), *observation = numbers(entry.observations);
    float *action = numbers(actions), *reward = numbers(1);
    announce("reset", episode, 0);
    my_plant.reset((uint64_t)episode, state);
    announce("observe", episode, 0);
    my_plant.observe(state, observation);
    for (int step = 1; step <= STEPS && step <= my_plant.max_steps; step++) {
        for (int32_t i = 0; i < actions; i++) {
            float low = my_plant.outputs[i].low, high = my_plant.outputs[i].high;
            action[i] = low + (high - low) * next_draw();
        }
        for (int32_t i = 0; i < entry.observations; i++)
            if (!(observation[i] - observation[i] == 0.0f)) {
                const char *name = my_plant.inputs[i].name;
                fprintf(stderr, "not finite: observation %s is %g\n", name, (double)observation[i]);
                return 1;
            }
        announce("step", episode, step);
        if (my_step(state, observation, action, reward))
            break;
        if (!(reward[0] - reward[0] == 0.0f)) {
            fprintf(stderr, "not finite: reward is %g\n", (double)reward[0]);
            return 1;
        }
    }
    free(state);
    free(observation);
    free(action);
    free(reward);
    return 0;
}

int main(void)
{
    const wann_plant *plant = wann_my_entry();
    for (int episode = 0; episode < EPISODES; episode++) {
        if (run_episode(episode, plant->actions))
            return 1;
    }
    pass();
}
