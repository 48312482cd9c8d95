
#include <eml_net.h>
static const float mynet_layer_0_biases[10] = { 0.050268f, 0.098971f, -0.016429f, -0.107436f, 0.087304f, -0.128039f, -0.071307f, 0.062102f, -0.225014f, 0.038637f };
static const float mynet_layer_0_weights[50] = { -0.563071f, 0.677047f, 0.601894f, 0.349413f, 0.118268f, -0.140391f, 0.652047f, 0.876654f, 0.805716f, 0.588132f, 0.159825f, -0.540377f, -0.001992f, 0.293585f, -0.576173f, 0.176704f, 0.192241f, 0.311280f, -0.529554f, -0.295922f, -0.195180f, -0.523151f, 0.777869f, -0.221778f, 0.147120f, -0.115637f, 0.708151f, 0.590483f, 0.283244f, -0.985440f, 0.023268f, 0.305754f, 0.448985f, -0.276336f, 0.814828f, -0.590515f, -0.295844f, 0.418167f, 0.021938f, 0.895497f, 0.084308f, -0.283173f, -0.168852f, -0.487975f, -0.571396f, 0.281929f, 0.259905f, 0.578944f, -0.337470f, 0.755392f };
static const float mynet_layer_1_biases[1] = { -0.058164f };
static const float mynet_layer_1_weights[10] = { -0.090880f, 0.497872f, -0.136859f, -0.232580f, 0.078989f, 0.326174f, 0.050916f, -0.185160f, -0.424131f, -0.443200f };
static float mynet_buf1[10];
static float mynet_buf2[10];
static const EmlNetLayer mynet_layers[2] = { 
{ 10, 5, mynet_layer_0_weights, mynet_layer_0_biases, EmlNetActivationTanh }, 
{ 1, 10, mynet_layer_1_weights, mynet_layer_1_biases, EmlNetActivationIdentity } };
static EmlNet mynet = { 2, mynet_layers, mynet_buf1, mynet_buf2, 10 };

    int32_t
    mynet_predict(const float *features, int32_t n_features)
    {
        return eml_net_predict(&mynet, features, n_features);
    }
    

    int32_t
    mynet_regress(const float *features, int32_t n_features, float *out, int32_t out_length)
    {
        return eml_net_regress(&mynet, features, n_features, out, out_length);
    }
    

    float
    mynet_regress1(const float *features, int32_t n_features)
    {
        return eml_net_regress1(&mynet, features, n_features);
    }
    