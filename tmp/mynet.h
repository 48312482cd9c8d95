
#include <eml_net.h>
static const float mynet_layer_0_biases[7] = { -0.060922f, 0.159064f, -0.119123f, 0.035453f, -0.104841f, 0.140596f, -0.002165f };
static const float mynet_layer_0_weights[35] = { 0.912727f, -1.142928f, 0.186979f, -0.253914f, -0.202431f, -0.096418f, -0.903365f, -0.103723f, -0.386935f, 1.486091f, 0.100975f, -0.157701f, -0.125796f, -0.298759f, -0.471878f, -0.174772f, 0.215533f, -0.106684f, 0.428323f, -0.089354f, 0.010849f, 0.691312f, 0.243779f, -0.225945f, -0.081768f, 0.241730f, 0.865398f, -0.120578f, -0.108923f, 0.448248f, -0.396437f, -0.130461f, 0.394683f, 0.259540f, 0.040928f };
static const float mynet_layer_1_biases[4] = { -0.037225f, -0.171818f, 0.168183f, 0.075278f };
static const float mynet_layer_1_weights[28] = { 0.253276f, -1.068945f, 0.386018f, -0.362712f, -0.630679f, 0.104487f, 0.264781f, -0.168106f, -0.406843f, 0.009874f, -0.019937f, 0.531266f, 0.282494f, 0.073255f, 0.420158f, -0.077680f, -0.349957f, 0.220753f, 0.220179f, -0.081198f, -0.295874f, 0.086612f, -0.942603f, 0.260843f, 0.185720f, -0.619430f, 0.023189f, -0.364395f };
static const float mynet_layer_2_biases[2] = { 0.075356f, 0.113788f };
static const float mynet_layer_2_weights[8] = { 0.378611f, -1.017084f, -0.457247f, 0.354790f, 0.578201f, -1.079003f, -0.249020f, 0.164010f };
static float mynet_buf1[7];
static float mynet_buf2[7];
static const EmlNetLayer mynet_layers[3] = { 
{ 7, 5, mynet_layer_0_weights, mynet_layer_0_biases, EmlNetActivationTanh }, 
{ 4, 7, mynet_layer_1_weights, mynet_layer_1_biases, EmlNetActivationTanh }, 
{ 2, 4, mynet_layer_2_weights, mynet_layer_2_biases, EmlNetActivationIdentity } };
static EmlNet mynet = { 3, mynet_layers, mynet_buf1, mynet_buf2, 7 };

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
    