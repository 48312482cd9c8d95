/* Operations of the search on topologies. A link is packed as target << 16 | source; links are in
 * ascending order. */
#include "door.h"

static int32_t source_of(int32_t link)
{
    return link & 0xffff;
}

static int32_t target_of(int32_t link)
{
    return link >> 16;
}

static int32_t packed(int32_t source, int32_t target)
{
    return target << 16 | source;
}

int32_t wann_wire(int32_t count, const int32_t *links, const char *enabled, int32_t nodes,
                  char *marked, int32_t *edges)
{
    for (int32_t i = count; i-- > 0;) {
        if (enabled[i] && marked[target_of(links[i])]) {
            marked[source_of(links[i])] = 1;
        }
    }
    int32_t *number = edges + count, kept = 0;
    for (int32_t node = 0; node < nodes; node++) {
        number[node] = kept;
        kept += marked[node] != 0;
    }
    kept = 0;
    for (int32_t i = 0; i < count; i++) {
        if (enabled[i] && marked[target_of(links[i])]) {
            edges[kept++] = packed(number[source_of(links[i])], number[target_of(links[i])]);
        }
    }
    return kept;
}

void wann_edge_ends(int32_t count, const int32_t *edges, int32_t first, int32_t computed,
                    int32_t *ends, int32_t *sources)
{
    int32_t next = 0;
    for (int32_t node = 0; node < computed; node++) {
        while (next < count && target_of(edges[next]) <= first + node) {
            sources[next] = source_of(edges[next]);
            next++;
        }
        ends[node] = next;
    }
}

void wann_make_room(int32_t count, const int32_t *links, int32_t new_node, int32_t *moved)
{
    for (int32_t i = 0; i < count; i++) {
        int32_t source = source_of(links[i]), target = target_of(links[i]);
        moved[i] = packed(source + (source >= new_node), target + (target >= new_node));
    }
}

void wann_find_layers(int32_t count, const int32_t *links, int32_t inputs, int32_t hidden,
                      int32_t outputs, int32_t *layer)
{
    int32_t last = inputs + hidden, highest = 0;
    for (int32_t node = 0; node < last; node++) {
        layer[node] = node >= inputs;
    }
    for (int32_t i = 0; i < count && target_of(links[i]) < last; i++) {
        int32_t above = layer[source_of(links[i])] + 1, *target = &layer[target_of(links[i])];
        *target = *target < above ? above : *target;
    }
    for (int32_t node = 0; node < last; node++) {
        highest = highest < layer[node] ? layer[node] : highest;
    }
    for (int32_t node = last; node < last + outputs; node++) {
        layer[node] = highest + 1;
    }
}

int32_t wann_find_targets(int32_t count, const int32_t *links, int32_t source, int32_t nodes,
                          const int32_t *layer, int32_t *targets)
{
    int32_t found = 0, *linked = targets + nodes, next = 0;
    for (int32_t i = 0; i < count; i++) {
        if (source_of(links[i]) == source) {
            linked[next++] = target_of(links[i]);
        }
    }
    linked[next] = nodes;
    next = 0;
    for (int32_t node = 0; node < nodes; node++) {
        if (node == linked[next]) {
            next++;
        } else if (layer[node] > layer[source]) {
            targets[found++] = node;
        }
    }
    return found;
}
